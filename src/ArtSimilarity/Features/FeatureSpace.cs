namespace ArtSimilarity.Features;

/// <summary>
/// Names the space a signature lives in. Two signatures may be compared only when their feature spaces are equal: same
/// model, same preprocessing, same number of dimensions.
/// </summary>
public sealed record FeatureSpace
{
    /// <summary>Creates a feature space.</summary>
    /// <param name="modelId">Identifies the model and its exact weights, e.g. a name followed by a content hash.</param>
    /// <param name="preprocessing">Describes how pixels become the model's input, e.g. <c>224x224 squash triangle imagenet</c>.</param>
    /// <param name="dimensions">The length of a signature, at least 1.</param>
    /// <exception cref="ArgumentException">A text is empty or white space.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="dimensions"/> is below 1.</exception>
    public FeatureSpace(string modelId, string preprocessing, int dimensions)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(modelId);
        ArgumentException.ThrowIfNullOrWhiteSpace(preprocessing);
        ArgumentOutOfRangeException.ThrowIfLessThan(dimensions, 1);
        ModelId = modelId;
        Preprocessing = preprocessing;
        Dimensions = dimensions;
    }

    /// <summary>Identifies the model and its exact weights.</summary>
    public string ModelId { get; }

    /// <summary>Describes how pixels become the model's input.</summary>
    public string Preprocessing { get; }

    /// <summary>The length of a signature.</summary>
    public int Dimensions { get; }

    /// <summary>Returns the space as one line, e.g. <c>classical-1 (256x256 squash, 315-d)</c>.</summary>
    /// <returns>Model, preprocessing and dimensions.</returns>
    public override string ToString() => $"{ModelId} ({Preprocessing}, {Dimensions}-d)";
}
