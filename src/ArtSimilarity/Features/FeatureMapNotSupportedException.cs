namespace ArtSimilarity.Features;

/// <summary>A signature cannot be decomposed over the positions of an image: the model does not end in an average of a feature map and linear layers.</summary>
public sealed class FeatureMapNotSupportedException : NotSupportedException
{
    /// <summary>Creates the exception.</summary>
    public FeatureMapNotSupportedException()
        : this("model", "unknown reason")
    {
    }

    /// <summary>Creates the exception with a reason for an unnamed model.</summary>
    /// <param name="message">The reason.</param>
    public FeatureMapNotSupportedException(string message)
        : this("model", message)
    {
    }

    /// <summary>Creates the exception with a reason for an unnamed model and a cause.</summary>
    /// <param name="message">The reason.</param>
    /// <param name="innerException">The cause.</param>
    public FeatureMapNotSupportedException(string message, Exception innerException)
        : this("model", message, innerException)
    {
    }

    /// <summary>Creates the exception.</summary>
    /// <param name="modelName">The model.</param>
    /// <param name="reason">Why its signatures cannot be decomposed, without the model's name.</param>
    /// <param name="innerException">The cause, if any.</param>
    public FeatureMapNotSupportedException(string modelName, string reason, Exception? innerException = null)
        : base($"{modelName} cannot be decomposed: {reason}", innerException)
    {
        ModelName = modelName;
        Reason = reason;
    }

    /// <summary>The model.</summary>
    public string ModelName { get; }

    /// <summary>Why its signatures cannot be decomposed.</summary>
    public string Reason { get; }
}
