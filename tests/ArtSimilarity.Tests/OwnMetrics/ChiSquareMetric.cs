using ArtSimilarity.Metrics;

namespace ArtSimilarity.Tests.OwnMetrics;

/// <summary>Σ (x − y)² / (|x| + |y|), which histograms are compared by. Over several spaces it is √Σ wᵢ·dᵢ².</summary>
internal sealed class ChiSquareMetric : ISimilarityMetric
{
    public string Name => "chi-square";

    public float Distance(ReadOnlySpan<float> x, ReadOnlySpan<float> y)
    {
        if (x.Length != y.Length || x.IsEmpty)
        {
            throw new ArgumentException($"{x.Length} and {y.Length} numbers cannot be compared.");
        }

        double sum = 0;
        for (int i = 0; i < x.Length; i++)
        {
            double difference = (double)x[i] - y[i], size = Math.Abs((double)x[i]) + Math.Abs((double)y[i]);
            sum += size == 0 ? 0 : difference * difference / size;
        }

        return (float)sum;
    }

    public float Similarity(float distance) => MathF.Exp(-distance);

    public double SpaceTerm(float distance) => (double)distance * distance;

    public double CombineSpaces(double sum) => Math.Sqrt(sum);
}
