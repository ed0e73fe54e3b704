namespace ArtSimilarity.Training;

/// <summary>The folds of a cross-fitting cannot be learned from or judged; the message names the fold.</summary>
public sealed class UnusableFoldsException : Exception
{
    /// <summary>Creates the exception.</summary>
    public UnusableFoldsException()
    {
    }

    /// <summary>Creates the exception with a message.</summary>
    /// <param name="message">What is wrong, and where.</param>
    public UnusableFoldsException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception with a message and a cause.</summary>
    /// <param name="message">What is wrong, and where.</param>
    /// <param name="innerException">The cause.</param>
    public UnusableFoldsException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
