using ArtSimilarity.Metrics;
using ArtSimilarity.Testing;
using CsCheck;
using Xunit;

namespace ArtSimilarity.Tests;

public class SimilarityMetricTests : SimilarityMetricConformance
{
    private static readonly Gen<float[]> Vectors = Gen.Float[-10, 10].Array[4];

    protected override IReadOnlyList<ISimilarityMetric> Metrics => SimilarityMetrics.All;

    [Fact]
    public void Distances_of_a_worked_example()
    {
        float[] x = [3, 0], y = [0, 4], z = [-6, 0];
        Assert.Equal(MathF.Sqrt(2), SimilarityMetrics.Angular.Distance(x, y), 1e-6f);
        Assert.Equal(2, SimilarityMetrics.Angular.Distance(x, z), 1e-6f);
        Assert.Equal(1, SimilarityMetrics.Cosine.Distance(x, y), 1e-6f);
        Assert.Equal(5, SimilarityMetrics.Euclidean.Distance(x, y), 1e-6f);
        Assert.Equal(18, SimilarityMetrics.InnerProduct.Distance(x, z), 1e-6f);
    }

    [Fact]
    public void A_zero_vector_counts_as_orthogonal_to_all()
    {
        Assert.Equal(MathF.Sqrt(2), SimilarityMetrics.Angular.Distance([0, 0], [1, 2]), 1e-6f);
        Assert.Equal(MathF.Sqrt(2), SimilarityMetrics.Angular.Distance([0, 0], [0, 0]), 1e-6f);
        Assert.Equal(1, SimilarityMetrics.Cosine.Distance([1, 2], [0, 0]), 1e-6f);
    }

    [Fact]
    public void All_are_symmetric_and_refuse_different_lengths() =>
        Gen.Select(Vectors, Vectors).Sample((x, y) =>
        {
            foreach (ISimilarityMetric metric in SimilarityMetrics.All)
            {
                Assert.Equal(metric.Distance(x, y), metric.Distance(y, x));
                Assert.Throws<ArgumentException>(() => metric.Distance(x, y.AsSpan(1)));
            }
        });

    [Fact]
    public void The_angular_distance_is_a_metric_on_directions() =>
        Gen.Select(Vectors, Vectors, Vectors).Where((x, y, z) => Norm(x) > 0.1 && Norm(y) > 0.1 && Norm(z) > 0.1).Sample((x, y, z) =>
        {
            AngularMetric metric = SimilarityMetrics.Angular;
            Assert.InRange(metric.Distance(x, x), 0, 1e-3f);
            Assert.True(metric.Distance(x, z) <= metric.Distance(x, y) + metric.Distance(y, z) + 1e-3f);
            Assert.Equal(metric.Distance(x, y), metric.Distance([.. x.Select(value => value * 3)], y), 1e-3f);
        });

    [Fact]
    public void Metrics_are_found_by_name()
    {
        Assert.All(SimilarityMetrics.All, metric => Assert.Same(metric, SimilarityMetrics.Get(metric.Name)));
        Assert.Contains("manhattan", Assert.Throws<ArgumentException>(() => SimilarityMetrics.Get("manhattan")).Message, StringComparison.Ordinal);
    }

    private static double Norm(float[] x) => Math.Sqrt(x.Sum(value => (double)value * value));
}
