using ArtSimilarity.Metrics;

namespace ArtSimilarity.Tests.OwnMetrics;

/// <summary>A metric whose parts a test gives, to see what a broken one does.</summary>
internal sealed class DelegateMetric(string name = "mine") : ISimilarityMetric
{
    public string Name => name;

    public Func<float, float, float> OfFirst { get; init; } = (x, y) => Math.Abs(x - y);

    public Func<float, double> Term { get; init; } = distance => distance;

    public Func<double, double> Combined { get; init; } = sum => sum;

    public float Distance(ReadOnlySpan<float> x, ReadOnlySpan<float> y) => OfFirst(x[0], y[0]);

    public float Similarity(float distance) => -distance;

    public double SpaceTerm(float distance) => Term(distance);

    public double CombineSpaces(double sum) => Combined(sum);
}
