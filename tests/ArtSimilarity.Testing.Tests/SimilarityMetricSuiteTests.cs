using ArtSimilarity.Metrics;
using Xunit;

namespace ArtSimilarity.Testing.Tests;

public sealed class SimilarityMetricSuiteTests
{
    [Fact]
    public Task A_name_with_capitals_is_rejected() => AssertRejectsAsync(nameof(SimilarityMetricConformance.Names_are_lower_case_and_differ), new Manhattan { Name = "L1" });

    [Fact]
    public Task A_similarity_that_grows_with_the_distance_is_rejected() =>
        AssertRejectsAsync(nameof(SimilarityMetricConformance.Similarity_falls_as_the_distance_grows), new Manhattan { OfDistance = distance => distance });

    [Fact]
    public Task A_distance_that_is_no_number_is_rejected() =>
        AssertRejectsAsync(nameof(SimilarityMetricConformance.Distances_can_be_ordered_and_are_the_same_at_every_call), new Manhattan { Change = distance => float.NaN });

    [Fact]
    public Task A_measure_that_gives_another_distance_is_rejected() =>
        AssertRejectsAsync(nameof(SimilarityMetricConformance.A_measure_gives_the_distance_and_its_order), new Manhattan { Measure = VectorMeasure.SquaredDistance });

    [Fact]
    public Task A_term_that_falls_as_the_distance_grows_is_rejected() =>
        AssertRejectsAsync(nameof(SimilarityMetricConformance.Distances_over_several_spaces_grow_with_those_in_each), new Manhattan { Term = distance => -distance });

    private static Task AssertRejectsAsync(string test, ISimilarityMetric wrong) => Suite.AssertRejectsAsync(new Tests(new Manhattan()), new Tests(wrong), test);

    private sealed class Tests(ISimilarityMetric metric) : SimilarityMetricConformance
    {
        protected override IReadOnlyList<ISimilarityMetric> Metrics => [metric];
    }

    /// <summary>The sum of the differences, sound unless told otherwise.</summary>
    private sealed class Manhattan : ISimilarityMetric
    {
        public string Name { get; init; } = "manhattan";

        public VectorMeasure? Measure { get; init; }

        public Func<float, float> OfDistance { get; init; } = distance => 1 / (1 + distance);

        public Func<float, float> Change { get; init; } = distance => distance;

        public Func<float, double> Term { get; init; } = distance => distance;

        public float Distance(ReadOnlySpan<float> x, ReadOnlySpan<float> y)
        {
            if (x.Length != y.Length || x.IsEmpty)
            {
                throw new ArgumentException("The lengths differ, or are 0.", nameof(y));
            }

            double sum = 0;
            for (int i = 0; i < x.Length; i++)
            {
                sum += Math.Abs((double)x[i] - y[i]);
            }

            return Change((float)sum);
        }

        public double DistanceFrom(double measure) =>
            Measure is null ? throw new NotSupportedException("The metric has no measure.") : Math.Sqrt(measure);

        public float Similarity(float distance) => OfDistance(distance);

        public double SpaceTerm(float distance) => Term(distance);
    }
}
