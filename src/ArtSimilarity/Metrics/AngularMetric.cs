namespace ArtSimilarity.Metrics;

/// <summary>Angular distance √(2·(1 − cos)), from 0 (same direction) over √2 (orthogonal) to 2 (opposite); its similarity is the cosine.</summary>
/// <remarks>
/// A zero vector has no direction; as in spotify/annoy its cosine with any vector counts as 0, so its distance is √2. Over several
/// spaces the distance is that of the signatures laid end to end, each scaled to the root of its weight: √Σ wᵢ·dᵢ².
/// </remarks>
public sealed class AngularMetric : ISimilarityMetric
{
    internal AngularMetric()
    {
    }

    /// <inheritdoc/>
    public string Name => "angular";

    /// <inheritdoc/>
    public VectorMeasure Measure => VectorMeasure.Cosine;

    /// <inheritdoc/>
    public float Distance(ReadOnlySpan<float> x, ReadOnlySpan<float> y) => (float)DistanceFrom(Measure.Of(x, y));

    /// <inheritdoc/>
    public double DistanceFrom(double measure) => Math.Sqrt(2 * (1 - measure));

    /// <inheritdoc/>
    public float Similarity(float distance) => 1 - (distance * distance / 2);

    /// <inheritdoc/>
    public double SpaceTerm(float distance) => (double)distance * distance;

    /// <inheritdoc/>
    public double CombineSpaces(double sum) => Math.Sqrt(sum);
}
