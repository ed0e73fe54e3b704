namespace ArtSimilarity.Features;

/// <summary>Signatures of one feature space were offered where those of another are needed.</summary>
public sealed class FeatureSpaceMismatchException : InvalidOperationException
{
    /// <summary>Creates the exception.</summary>
    public FeatureSpaceMismatchException()
    {
    }

    /// <summary>Creates the exception with a message.</summary>
    /// <param name="message">Says which space was offered and which was needed.</param>
    public FeatureSpaceMismatchException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception with a message and a cause.</summary>
    /// <param name="message">Says which space was offered and which was needed.</param>
    /// <param name="innerException">The cause.</param>
    public FeatureSpaceMismatchException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
