using ArtSimilarity.Metrics;

namespace ArtSimilarity.Tests.OwnMetrics;

/// <summary>The angle in radians: the example in the documentation of <see cref="ISimilarityMetric"/>.</summary>
internal sealed class AngleMetric : ISimilarityMetric
{
    public string Name => "angle";

    public VectorMeasure Measure => VectorMeasure.Cosine;

    public double DistanceFrom(double measure) => Math.Acos(measure);

    public float Distance(ReadOnlySpan<float> x, ReadOnlySpan<float> y) => (float)DistanceFrom(Measure.Of(x, y));

    public float Similarity(float distance) => MathF.Cos(distance);
}
