namespace ArtSimilarity.Training;

/// <summary>A checkpoint cannot be used; says which file and why.</summary>
public sealed class CheckpointException : Exception
{
    /// <summary>Creates the exception.</summary>
    public CheckpointException()
        : this("checkpoint", "unknown reason")
    {
    }

    /// <summary>Creates the exception for an unnamed file.</summary>
    /// <param name="message">The reason.</param>
    public CheckpointException(string message)
        : this("checkpoint", message)
    {
    }

    /// <summary>Creates the exception for an unnamed file, with a cause.</summary>
    /// <param name="message">The reason.</param>
    /// <param name="innerException">The cause.</param>
    public CheckpointException(string message, Exception innerException)
        : this("checkpoint", message, innerException)
    {
    }

    /// <summary>Creates the exception.</summary>
    /// <param name="path">The file.</param>
    /// <param name="reason">What is wrong, without the file's name.</param>
    /// <param name="innerException">The cause, if any.</param>
    public CheckpointException(string path, string reason, Exception? innerException = null)
        : base($"{path}: {reason}.", innerException)
    {
        Path = path;
    }

    /// <summary>The file.</summary>
    public string Path { get; }
}
