namespace ArtSimilarity.Metrics;

/// <summary>Euclidean distance √Σ(x − y)², 0 or above; its similarity is 1 / (1 + distance).</summary>
/// <remarks>
/// Shorter distances between long vectors are exact: differences are taken before squaring. Over several spaces the distance is
/// that of the signatures laid end to end, each multiplied by the root of its weight: √Σ wᵢ·dᵢ².
/// </remarks>
public sealed class EuclideanMetric : ISimilarityMetric
{
    internal EuclideanMetric()
    {
    }

    /// <inheritdoc/>
    public string Name => "euclidean";

    /// <inheritdoc/>
    public VectorMeasure Measure => VectorMeasure.SquaredDistance;

    /// <inheritdoc/>
    public float Distance(ReadOnlySpan<float> x, ReadOnlySpan<float> y) => (float)DistanceFrom(Measure.Of(x, y));

    /// <inheritdoc/>
    public double DistanceFrom(double measure) => Math.Sqrt(measure);

    /// <inheritdoc/>
    public float Similarity(float distance) => 1 / (1 + distance);

    /// <inheritdoc/>
    public double SpaceTerm(float distance) => (double)distance * distance;

    /// <inheritdoc/>
    public double CombineSpaces(double sum) => Math.Sqrt(sum);
}
