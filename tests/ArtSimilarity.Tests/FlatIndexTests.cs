using ArtSimilarity.Indexing;
using ArtSimilarity.Metrics;
using ArtSimilarity.TestSupport;
using ArtSimilarity.Testing;
using ArtSimilarity.Tests.OwnMetrics;
using CsCheck;
using Xunit;

namespace ArtSimilarity.Tests;

public partial class FlatIndexTests : VectorIndexConformance
{
    protected override IReadOnlyList<ISimilarityMetric> Metrics { get; } = [.. SimilarityMetrics.All, .. OwnMetricTests.All];

    protected override IVectorIndex Create(VectorSet vectors, ISimilarityMetric metric) => Fill(vectors, metric);

    protected override double OracleDistance(ISimilarityMetric metric, ReadOnlySpan<float> x, ReadOnlySpan<float> y) => metric switch
    {
        AngleMetric => Math.Acos(1 - base.OracleDistance(SimilarityMetrics.Cosine, x, y)),
        LogProductMetric => Math.Asinh(base.OracleDistance(SimilarityMetrics.InnerProduct, x, y)),
        _ => base.OracleDistance(metric, x, y),
    };

    [Fact]
    public void The_instruction_sets_switched_off_are_off() => InstructionSets.AssertSwitchesWorked();

    [Fact]
    public void Neighbours_that_differ_by_less_than_a_float_can_sum_come_in_the_true_order()
    {
        // Distances to the query that differ in the 9th digit, far below the rounding of a sum over 2,048 floats.
        const int Dimensions = 2048;
        var random = new Random(7);
        float[] center = [.. Enumerable.Range(0, Dimensions).Select(_ => (random.NextSingle() * 2) - 1)];
        var vectors = new VectorSet(Dimensions);
        for (int id = 0; id < 300; id++)
        {
            float[] near = [.. center];
            near[random.Next(Dimensions)] += (random.NextSingle() - 0.5f) * 1e-3f;
            vectors.Add([id], near);
        }

        foreach (ISimilarityMetric metric in Metrics)
        {
            using FlatIndex index = Fill(vectors, metric);
            var found = new Neighbor[50];
            Assert.Equal(50, index.Search(center, found));
            double[] truth = [.. Enumerable.Range(0, 300).Select(id => OracleDistance(metric, center, vectors[id])).Order().Take(50)];
            for (int i = 0; i < 50; i++)
            {
                double exact = OracleDistance(metric, center, vectors[found[i].Id]);
                Assert.Equal(truth[i], exact, 1e-7 * Math.Max(1, Math.Abs(truth[i])));
                Assert.Equal((float)exact, found[i].Distance, Math.Max(1e-7f, Math.Abs(found[i].Distance) * 1e-6f));
            }
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_snapshot_stays_as_it_was_when_the_index_goes_on(bool afterRemoval)
    {
        // 3 dimensions: a block holds 262,144 rows, so that what is added goes on in the snapshot's last block.
        using var index = new FlatIndex(3);
        index.Add([.. Enumerable.Range(0, 500)], [.. Enumerable.Range(0, 1500).Select(i => (float)i)]);
        int[] expected = [.. Enumerable.Range(0, 500)];
        if (afterRemoval)
        {
            index.Remove([0, 77, 499]);
            expected = [.. expected.Except([0, 77, 499])];
        }

        VectorSet snapshot = index.Snapshot();
        index.Add([.. Enumerable.Range(500, 2000)], [.. Enumerable.Range(1500, 6000).Select(i => (float)i)]);
        index.Remove([.. Enumerable.Range(1, 2000)]); // so many that the index is compacted
        index.Dispose();
        Assert.Equal(expected, snapshot.Ids.ToArray());
        for (int row = 0; row < snapshot.Count; row++)
        {
            Assert.Equal([3 * expected[row], (3 * expected[row]) + 1, (3 * expected[row]) + 2], snapshot[row].ToArray());
        }
    }

    [Theory]
    [InlineData(1e-30f)]
    [InlineData(1e-18f)]
    [InlineData(1e17f)]
    public void Very_short_and_very_long_vectors_are_ordered_like_any_other(float scale)
    {
        var random = new Random(11);
        var vectors = new VectorSet(19);
        for (int id = 0; id < 200; id++)
        {
            float factor = id % 3 == 0 ? 1 : scale;
            vectors.Add([id], [.. Enumerable.Range(0, 19).Select(_ => ((random.NextSingle() * 2) - 1) * factor)]);
        }

        float[] query = [.. Enumerable.Range(0, 19).Select(_ => ((random.NextSingle() * 2) - 1) * scale)];
        foreach (ISimilarityMetric metric in new ISimilarityMetric[] { SimilarityMetrics.Angular, SimilarityMetrics.Cosine, new AngleMetric() })
        {
            using FlatIndex index = Fill(vectors, metric);
            var found = new Neighbor[200];
            Assert.Equal(200, index.Search(query, found));
            double[] distances = [.. found.Select(neighbor => OracleDistance(metric, query, vectors[neighbor.Id]))];
            Assert.All(distances.Zip(distances.Skip(1)), pair => Assert.True(pair.First <= pair.Second + 1e-6));
        }
    }

    [Fact]
    public void Many_queries_at_once_get_the_answers_of_one_at_a_time() =>
        Gen.Select(Gen.Int[1, 70], Gen.Int[1, 300], Gen.Int[1, 45], Gen.Int[1, 40], Gen.Bool, Gen.Int[0, 7]).Sample(
            (dimensions, count, queryCount, k, filtered, metric) =>
            {
                var random = new Random(HashCode.Combine(dimensions, count));
                var vectors = new VectorSet(dimensions);
                float[] Vector() => [.. Enumerable.Range(0, dimensions).Select(_ => (float)Math.Round((random.NextSingle() * 4) - 2, 1))];
                for (int id = 0; id < count; id++)
                {
                    vectors.Add([2 * id], Vector());
                }

                using FlatIndex index = Fill(vectors, Metrics[metric]);
                index.Remove([0, 4, 8]);
                IdSet? filter = filtered ? new IdSet(Enumerable.Range(0, count).Where(_ => random.Next(3) == 0)) : null;
                float[] queries = [.. Enumerable.Range(0, queryCount).SelectMany(_ => Vector())];
                var results = new Neighbor[queryCount * k];
                int[] counts = new int[queryCount];
                index.SearchMany(queries, k, results, counts, filter, maxDegreeOfParallelism: 1 + random.Next(2), TestContext.Current.CancellationToken);
                var one = new Neighbor[k];
                for (int i = 0; i < queryCount; i++)
                {
                    int found = index.Search(queries.AsSpan(i * dimensions, dimensions), one, filter);
                    Assert.Equal(one[..found], results.AsSpan(i * k, counts[i]).ToArray());
                }
            },
            iter: 200);

    [Fact]
    public void A_metric_of_ones_own_orders_the_neighbours()
    {
        var vectors = new VectorSet(2);
        vectors.Add([5, 6, 7], [0, 3, 1, 1, 2, 0.5f]);
        using FlatIndex index = Fill(vectors, new ManhattanMetric());
        var found = new Neighbor[3];
        index.Search([0, 0], found);
        Assert.Equal([new Neighbor(6, 2), new Neighbor(7, 2.5f), new Neighbor(5, 3)], found);
    }

    [Fact]
    public void Wrong_lengths_for_many_queries_are_refused()
    {
        using var index = new FlatIndex(3);
        Assert.Throws<ArgumentException>(() => index.SearchMany(new float[4], 1, new Neighbor[1], new int[1], cancellationToken: TestContext.Current.CancellationToken));
        Assert.Throws<ArgumentException>(() => index.SearchMany(new float[6], 2, new Neighbor[3], new int[2], cancellationToken: TestContext.Current.CancellationToken));
        Assert.Throws<ArgumentException>(() => index.SearchMany(new float[] { 1, 2, float.NaN }, 1, new Neighbor[1], new int[1], cancellationToken: TestContext.Current.CancellationToken));
    }

    private static FlatIndex Fill(VectorSet vectors, ISimilarityMetric metric)
    {
        var index = new FlatIndex(vectors.Dimensions, metric);
        for (int row = 0; row < vectors.Count; row++)
        {
            index.Add(vectors.Ids.Slice(row, 1), vectors[row]);
        }

        return index;
    }

    [Fact]
    public void A_cancelled_search_stops_within_some_rows()
    {
        // A metric of one's own is asked about every vector: it can tell how far the search came.
        using var stop = new CancellationTokenSource();
        int asked = 0;
        using var index = new FlatIndex(1, new DelegateMetric
        {
            OfFirst = (x, y) =>
            {
                if (++asked == 100)
                {
                    stop.Cancel();
                }

                return Math.Abs(x - y);
            },
        });
        index.Add([.. Enumerable.Range(0, 50_000)], new float[50_000]);
        Assert.Throws<OperationCanceledException>(() => index.Search([1], new Neighbor[1], default, stop.Token));
        Assert.InRange(asked, 100, 5_000);
        using var flat = new FlatIndex(4);
        flat.Add([1], [1, 2, 3, 4]);
        Assert.Throws<OperationCanceledException>(() => flat.Search([1, 2, 3, 4], new Neighbor[1], default, stop.Token));
        Assert.Throws<OperationCanceledException>(() => flat.Search([1, 2, 3, 4], new Neighbor[1], new VectorSearchOptions { Allowed = new IdSet([1]) }, stop.Token));
    }

    [Fact]
    public void An_index_takes_vectors_over_without_a_copy()
    {
        var vectors = new VectorSet(3);
        vectors.Add([5, 7, 9], [1, 0, 0, 0, 1, 0, 0, 0, 1]);
        using var index = new FlatIndex(vectors, SimilarityMetrics.Angular);
        Assert.True(System.Runtime.CompilerServices.Unsafe.AreSame(in vectors[1][0], in index.Snapshot()[1][0]));
        var found = new Neighbor[1];
        index.Search([0, 0.9f, 0.1f], found);
        Assert.Equal(7, found[0].Id);
        Assert.Throws<ArgumentException>(() => index.Add([7], [1, 1, 1]));
        index.Add([10], [0.1f, 1, 0]);
        Assert.Equal((4, 1), (index.Count, index.Remove([5])));
        var twice = new VectorSet(3);
        twice.Add([1, 1], [1, 0, 0, 0, 1, 0]);
        Assert.Throws<ArgumentException>(() => new FlatIndex(twice, SimilarityMetrics.Angular));
    }
}
