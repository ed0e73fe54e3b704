namespace ArtSimilarity.Indexing;

/// <summary>An index file is truncated, damaged, of another kind or of a newer version; names the file and what is wrong.</summary>
public sealed class VectorIndexFileException : IOException
{
    /// <summary>Creates the exception.</summary>
    public VectorIndexFileException()
    {
    }

    /// <summary>Creates the exception with a message.</summary>
    /// <param name="message">Names the file and what is wrong with it.</param>
    public VectorIndexFileException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception with a message and a cause.</summary>
    /// <param name="message">Names the file and what is wrong with it.</param>
    /// <param name="innerException">The cause.</param>
    public VectorIndexFileException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
