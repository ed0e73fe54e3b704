namespace ArtSimilarity.Metrics;

/// <summary>Angular distance √(2·(1 − cos)), from 0 (same direction) over √2 (orthogonal) to 2 (opposite); its similarity is the cosine.</summary>
/// <remarks>A zero vector has no direction; as in spotify/annoy its cosine with any vector counts as 0, so its distance is √2.</remarks>
public sealed class AngularMetric : ISimilarityMetric
{
    internal AngularMetric()
    {
    }

    /// <inheritdoc/>
    public string Name => "angular";

    /// <inheritdoc/>
    public float Distance(ReadOnlySpan<float> x, ReadOnlySpan<float> y) => MathF.Sqrt(2 * Math.Max(0, 1 - CosineMetric.Cosine(x, y)));

    /// <inheritdoc/>
    public float Similarity(float distance) => 1 - (distance * distance / 2);
}
