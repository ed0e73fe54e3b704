using ArtSimilarity.Metrics;

namespace ArtSimilarity.Tests.OwnMetrics;

/// <summary>−arsinh(x·y): the inner product on a scale that is logarithmic far from 0. A metric of the product with negative distances.</summary>
internal sealed class LogProductMetric : ISimilarityMetric
{
    public string Name => "log-product";

    public VectorMeasure Measure => VectorMeasure.InnerProduct;

    public double DistanceFrom(double measure) => -Math.Asinh(measure);

    public float Distance(ReadOnlySpan<float> x, ReadOnlySpan<float> y) => (float)DistanceFrom(Measure.Of(x, y));

    public float Similarity(float distance) => -distance;
}
