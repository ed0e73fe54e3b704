namespace ArtSimilarity.Metrics;

/// <summary>Negative inner product −Σx·y; its similarity is the inner product.</summary>
/// <remarks>Not bounded and no metric in the mathematical sense: the nearest vector to x need not be x itself.</remarks>
public sealed class InnerProductMetric : ISimilarityMetric
{
    internal InnerProductMetric()
    {
    }

    /// <inheritdoc/>
    public string Name => "innerproduct";

    /// <inheritdoc/>
    public VectorMeasure Measure => VectorMeasure.InnerProduct;

    /// <inheritdoc/>
    public float Distance(ReadOnlySpan<float> x, ReadOnlySpan<float> y) => (float)DistanceFrom(Measure.Of(x, y));

    /// <inheritdoc/>
    public double DistanceFrom(double measure) => -measure;

    /// <inheritdoc/>
    public float Similarity(float distance) => -distance;
}
