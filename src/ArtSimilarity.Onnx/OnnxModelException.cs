namespace ArtSimilarity.Onnx;

/// <summary>A model cannot be loaded or used as a feature extractor or classifier; says which and why.</summary>
public sealed class OnnxModelException : Exception
{
    /// <summary>Creates the exception.</summary>
    public OnnxModelException()
        : this("model", "unknown reason")
    {
    }

    /// <summary>Creates the exception with a reason for an unnamed model.</summary>
    /// <param name="message">The reason.</param>
    public OnnxModelException(string message)
        : this("model", message)
    {
    }

    /// <summary>Creates the exception with a reason for an unnamed model and a cause.</summary>
    /// <param name="message">The reason.</param>
    /// <param name="innerException">The cause.</param>
    public OnnxModelException(string message, Exception innerException)
        : this("model", message, innerException)
    {
    }

    /// <summary>Creates the exception.</summary>
    /// <param name="modelName">The model's file or name.</param>
    /// <param name="reason">What is wrong, without the model's name.</param>
    /// <param name="innerException">The cause, if any.</param>
    public OnnxModelException(string modelName, string reason, Exception? innerException = null)
        : base($"{modelName}: {reason}", innerException)
    {
        ModelName = modelName;
        Reason = reason;
    }

    /// <summary>The model's file or name.</summary>
    public string ModelName { get; }

    /// <summary>What is wrong, without the model's name.</summary>
    public string Reason { get; }

    /// <summary>
    /// The limit that loading the model, or its trial run, took longer than: <see cref="OnnxModelOptions.LoadTimeLimit"/> or its default;
    /// <see langword="null"/> where something else is wrong.
    /// </summary>
    public TimeSpan? LoadTimeLimit { get; internal init; }

    /// <summary>Whether the model was to classify, and says no labels.</summary>
    public bool LacksLabels { get; internal init; }
}
