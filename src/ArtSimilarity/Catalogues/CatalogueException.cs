namespace ArtSimilarity.Catalogues;

/// <summary>A catalogue cannot be used; the message names the file and, where there is one, the line and the field.</summary>
public sealed class CatalogueException : Exception
{
    /// <summary>Creates the exception.</summary>
    public CatalogueException()
    {
    }

    /// <summary>Creates the exception with a message.</summary>
    /// <param name="message">Names the file and what is wrong.</param>
    public CatalogueException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception with a message and a cause.</summary>
    /// <param name="message">Names the file and what is wrong.</param>
    /// <param name="innerException">The cause.</param>
    public CatalogueException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>Creates the exception with its kind.</summary>
    /// <param name="error">The kind.</param>
    /// <param name="message">Names the file and what is wrong.</param>
    /// <param name="innerException">The cause, if any.</param>
    public CatalogueException(CatalogueError error, string message, Exception? innerException = null)
        : base(message, innerException)
    {
        Error = error;
    }

    /// <summary>The kind of fault.</summary>
    public CatalogueError Error { get; } = CatalogueError.Content;
}
