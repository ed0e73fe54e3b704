using ArtSimilarity.Metrics;

namespace ArtSimilarity.Tests.OwnMetrics;

/// <summary>Declares a measure and forgets to say which distance it stands for.</summary>
internal sealed class MeasureWithoutDistanceMetric : ISimilarityMetric
{
    public string Name => "forgetful";

    public VectorMeasure Measure => VectorMeasure.Cosine;

    public float Distance(ReadOnlySpan<float> x, ReadOnlySpan<float> y) => 1 - (float)Measure.Of(x, y);

    public float Similarity(float distance) => 1 - distance;
}
