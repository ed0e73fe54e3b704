namespace ArtSimilarity.Metrics;

/// <summary>Cosine distance 1 − cos, from 0 (same direction) to 2 (opposite); its similarity is the cosine.</summary>
/// <remarks>A zero vector has no direction; its cosine with any vector counts as 0, so its distance is 1.</remarks>
public sealed class CosineMetric : ISimilarityMetric
{
    internal CosineMetric()
    {
    }

    /// <inheritdoc/>
    public string Name => "cosine";

    /// <inheritdoc/>
    public VectorMeasure Measure => VectorMeasure.Cosine;

    /// <inheritdoc/>
    public float Distance(ReadOnlySpan<float> x, ReadOnlySpan<float> y) => (float)DistanceFrom(Measure.Of(x, y));

    /// <inheritdoc/>
    public double DistanceFrom(double measure) => 1 - measure;

    /// <inheritdoc/>
    public float Similarity(float distance) => 1 - distance;
}
