namespace ArtSimilarity.Onnx;

/// <summary>A model could not be downloaded; says which, from where, and why.</summary>
public sealed class ModelDownloadException : Exception
{
    /// <summary>Creates the exception.</summary>
    public ModelDownloadException()
        : this("model", "unknown reason")
    {
    }

    /// <summary>Creates the exception with a reason for an unnamed model.</summary>
    /// <param name="message">The reason.</param>
    public ModelDownloadException(string message)
        : this("model", message)
    {
    }

    /// <summary>Creates the exception with a reason for an unnamed model and a cause.</summary>
    /// <param name="message">The reason.</param>
    /// <param name="innerException">The cause.</param>
    public ModelDownloadException(string message, Exception innerException)
        : this("model", message, innerException)
    {
    }

    /// <summary>Creates the exception.</summary>
    /// <param name="modelName">The model's name.</param>
    /// <param name="reason">What went wrong, without the model's name.</param>
    /// <param name="innerException">The cause, if any.</param>
    public ModelDownloadException(string modelName, string reason, Exception? innerException = null)
        : base($"{modelName}: {reason}", innerException)
    {
        ModelName = modelName;
        Reason = reason;
    }

    /// <summary>The model's name.</summary>
    public string ModelName { get; }

    /// <summary>What went wrong, without the model's name.</summary>
    public string Reason { get; }
}
