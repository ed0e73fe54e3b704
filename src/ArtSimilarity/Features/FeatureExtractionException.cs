namespace ArtSimilarity.Features;

/// <summary>An extractor has no signature for some images of a batch; says for which and why.</summary>
/// <remarks>Thrown after the whole batch was worked on: the signatures of all other images are complete.</remarks>
public sealed class FeatureExtractionException : Exception
{
    /// <summary>Creates the exception for the first image of a batch.</summary>
    public FeatureExtractionException()
        : this("the extractor has no signature for this picture")
    {
    }

    /// <summary>Creates the exception for the first image of a batch.</summary>
    /// <param name="reason">What is wrong with the image or its signature.</param>
    public FeatureExtractionException(string reason)
        : this(reason, [0], 1)
    {
    }

    /// <summary>Creates the exception for the first image of a batch, with a cause.</summary>
    /// <param name="reason">What is wrong with the image or its signature.</param>
    /// <param name="innerException">The cause.</param>
    public FeatureExtractionException(string reason, Exception innerException)
        : this(reason, [0], 1, innerException)
    {
    }

    /// <summary>Creates the exception.</summary>
    /// <param name="reason">What is wrong with each of the images, without their places: it is shown beside the picture's name.</param>
    /// <param name="imageIndexes">The places of the images in the batch, ascending, counted from 0; at least one.</param>
    /// <param name="batchSize">The number of images in the batch.</param>
    /// <param name="innerException">The cause, if any.</param>
    /// <exception cref="ArgumentException"><paramref name="imageIndexes"/> is empty.</exception>
    public FeatureExtractionException(string reason, IReadOnlyList<int> imageIndexes, int batchSize, Exception? innerException = null)
        : base(Describe(reason, imageIndexes, batchSize), innerException)
    {
        Reason = reason;
        ImageIndexes = imageIndexes;
    }

    /// <summary>What is wrong with each of the images.</summary>
    public string Reason { get; }

    /// <summary>The places in the batch of the images that have no signature, ascending, counted from 0; at least one.</summary>
    public IReadOnlyList<int> ImageIndexes { get; }

    private static string Describe(string reason, IReadOnlyList<int> imageIndexes, int batchSize)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(reason);
        ArgumentNullException.ThrowIfNull(imageIndexes);
        ArgumentOutOfRangeException.ThrowIfZero(imageIndexes.Count, nameof(imageIndexes));
        return batchSize == 1
            ? reason
            : $"Image {string.Join(", ", imageIndexes)} of {batchSize} in the batch (counted from 0): {reason}";
    }
}
