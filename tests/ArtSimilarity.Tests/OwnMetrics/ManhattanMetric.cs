using ArtSimilarity.Metrics;

namespace ArtSimilarity.Tests.OwnMetrics;

/// <summary>Σ|x − y|: a host's metric that writes what it must and no more.</summary>
internal sealed class ManhattanMetric : ISimilarityMetric
{
    public string Name => "manhattan";

    public float Distance(ReadOnlySpan<float> x, ReadOnlySpan<float> y)
    {
        if (x.Length != y.Length || x.IsEmpty)
        {
            throw new ArgumentException($"{x.Length} and {y.Length} numbers cannot be compared.");
        }

        double sum = 0;
        for (int i = 0; i < x.Length; i++)
        {
            sum += Math.Abs((double)x[i] - y[i]);
        }

        return (float)sum;
    }

    public float Similarity(float distance) => 1 / (1 + distance);
}
