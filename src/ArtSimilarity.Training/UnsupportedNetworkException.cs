namespace ArtSimilarity.Training;

/// <summary>An ONNX model cannot be read into a trainable network; says which model and what it does not support.</summary>
public sealed class UnsupportedNetworkException : Exception
{
    /// <summary>Creates the exception.</summary>
    public UnsupportedNetworkException()
        : this("model", "unknown reason")
    {
    }

    /// <summary>Creates the exception with a reason for an unnamed model.</summary>
    /// <param name="message">The reason.</param>
    public UnsupportedNetworkException(string message)
        : this("model", message)
    {
    }

    /// <summary>Creates the exception with a reason for an unnamed model and a cause.</summary>
    /// <param name="message">The reason.</param>
    /// <param name="innerException">The cause.</param>
    public UnsupportedNetworkException(string message, Exception innerException)
        : this("model", message, innerException)
    {
    }

    /// <summary>Creates the exception.</summary>
    /// <param name="modelName">The model's file.</param>
    /// <param name="reason">What is wrong, without the model's name.</param>
    /// <param name="innerException">The cause, if any.</param>
    public UnsupportedNetworkException(string modelName, string reason, Exception? innerException = null)
        : base($"{modelName}: {reason}", innerException)
    {
        ModelName = modelName;
        Reason = reason;
    }

    /// <summary>The model's file.</summary>
    public string ModelName { get; }

    /// <summary>What is wrong, without the model's name.</summary>
    public string Reason { get; }
}
