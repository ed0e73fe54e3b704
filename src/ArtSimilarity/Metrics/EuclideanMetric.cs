using System.Numerics.Tensors;

namespace ArtSimilarity.Metrics;

/// <summary>Euclidean distance √Σ(x − y)², 0 or above; its similarity is 1 / (1 + distance).</summary>
/// <remarks>Shorter distances between long vectors are exact: differences are taken before squaring.</remarks>
public sealed class EuclideanMetric : ISimilarityMetric
{
    internal EuclideanMetric()
    {
    }

    /// <inheritdoc/>
    public string Name => "euclidean";

    /// <inheritdoc/>
    public float Distance(ReadOnlySpan<float> x, ReadOnlySpan<float> y) => TensorPrimitives.Distance(x, y);

    /// <inheritdoc/>
    public float Similarity(float distance) => 1 / (1 + distance);
}
