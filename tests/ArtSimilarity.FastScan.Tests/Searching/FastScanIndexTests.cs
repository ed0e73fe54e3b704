using ArtSimilarity.Indexing;
using ArtSimilarity.Metrics;
using ArtSimilarity.TestSupport;
using ArtSimilarity.Testing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ArtSimilarity.FastScan.Tests.Searching;

[Collection(nameof(RunsAlone))]
public sealed class FastScanIndexTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(15)]
    [InlineData(16)]
    [InlineData(31)]
    [InlineData(83)]
    [InlineData(512)]
    [InlineData(2049)]
    public void Neighbours_and_distances_are_those_of_the_exact_index_but_for_the_rounding_to_24_bits(int dimensions)
    {
        VectorSet vectors = TestVectors.Random(600, dimensions, seed: 2);
        using FastScanIndex index = new FastScanIndexProvider().Build(vectors);
        using var flat = new FlatIndex(dimensions, SimilarityMetrics.Angular);
        for (int row = 0; row < vectors.Count; row++)
        {
            flat.Add([vectors.Ids[row]], vectors[row]);
        }

        VectorSet queries = TestVectors.Random(5, dimensions, seed: 99);
        for (int q = 0; q < queries.Count; q++)
        {
            var expected = new Neighbor[600];
            var actual = new Neighbor[600];
            Assert.Equal(600, flat.Search(queries[q], expected));
            Assert.Equal(600, index.Search(queries[q], actual));
            Dictionary<int, float> exact = expected.ToDictionary(n => n.Id, n => n.Distance);
            for (int i = 0; i < 600; i++)
            {
                // Vectors may change places only with those whose distance is the same but for the rounding of the two.
                double tolerance = Rounding(vectors[actual[i].Id]);
                Assert.Equal(exact[actual[i].Id], actual[i].Distance, tolerance);
                Assert.Equal(exact[actual[i].Id], expected[i].Distance, tolerance + Rounding(vectors[expected[i].Id]));
            }
        }
    }

    [Fact]
    public void Near_duplicates_are_told_apart_where_all_are_compared()
    {
        // Their cosines differ by 1e-9 and less: in single precision all are 1.
        const int dimensions = 40, count = 1500;
        VectorSet noise = TestVectors.Random(count, dimensions, seed: 5);
        float[] query = TestVectors.Random(1, dimensions, seed: 6)[0].ToArray();
        var vectors = new VectorSet(dimensions);
        using var flat = new FlatIndex(dimensions, SimilarityMetrics.Angular);
        for (int id = 0; id < count; id++)
        {
            float[] near = [.. query.Select((x, i) => x + (3e-5f * (id * 389 % count) / count * noise[id][i]))];
            flat.Add([id], near);
            vectors.Add([id], near);
        }

        using FastScanIndex index = new FastScanIndexProvider().Build(vectors);
        var expected = new Neighbor[10];
        var actual = new Neighbor[10];
        flat.Search(query, expected);
        Assert.Equal(10, index.Search(query, actual, null, FastScanSearchSettings.Exact));
        for (int i = 0; i < 10; i++)
        {
            Assert.Equal(expected[i].Distance, actual[i].Distance, Rounding(vectors[actual[i].Id]) + Rounding(vectors[expected[i].Id]));
        }
    }

    [Fact]
    public void An_answer_does_not_depend_on_the_searches_before_it()
    {
        VectorSet vectors = TestVectors.Clustered(6000, 40, clusters: 60, seed: 1), queries = TestVectors.Clustered(20, 40, clusters: 60, seed: 2);
        using var folder = new TemporaryFolder();
        string path = folder.File("index.fastscan");
        var provider = new FastScanIndexProvider(new FastScanIndexOptions { LeafSize = 30 });
        using FastScanIndex used = provider.Build(vectors, path);
        var some = new IdSet(Enumerable.Range(0, 6000).Where(id => id % 3 != 1));
        for (int q = 0; q < queries.Count; q++)
        {
            using var fresh = (FastScanIndex)provider.Open(path).Index;
            IdSet? filter = q % 2 == 0 ? some : null;
            Assert.Equal(Answer(fresh, queries[q], 10, filter, new(500, 25)), Answer(used, queries[q], 10, filter, new(500, 25)));
            Answer(used, queries[19 - q], 10 + (40 * q), filter, new(3000, 10 + (100 * q)));
        }

        static Neighbor[] Answer(FastScanIndex index, ReadOnlySpan<float> query, int k, IdSet? filter, FastScanSearchSettings settings)
        {
            var results = new Neighbor[k];
            return results[..index.Search(query, results, filter, settings)];
        }
    }

    [Fact]
    public void More_candidates_find_more()
    {
        VectorSet vectors = TestVectors.Random(8000, 12, seed: 4);
        using FastScanIndex index = new FastScanIndexProvider(new FastScanIndexOptions { LeafSize = 16 }).Build(vectors);
        double few = Recall(index, vectors, 60), some = Recall(index, vectors, 500), all = Recall(index, vectors, 4000);
        Assert.True(few < some && some < all, $"{few:f3}, {some:f3}, {all:f3}");
        Assert.Equal(1, all);
    }

    [Fact]
    public void The_option_for_candidates_is_the_default_of_a_search()
    {
        VectorSet vectors = TestVectors.Random(8000, 12, seed: 4);
        var options = new FastScanIndexOptions { LeafSize = 16, SearchSettings = new(80, 30) };
        using FastScanIndex index = new FastScanIndexProvider(options).Build(vectors);
        var byOption = new Neighbor[20];
        var byArgument = new Neighbor[20];
        var exact = new Neighbor[20];
        index.Search(vectors[3], byOption);
        index.Search(vectors[3], byArgument, null, new FastScanSearchSettings(80, 30));
        index.Search(vectors[3], exact, null, FastScanSearchSettings.Exact);
        Assert.Equal(byArgument, byOption);
        Assert.NotEqual(exact, byOption);
        Assert.Throws<ArgumentOutOfRangeException>(() => index.Search(vectors[3], exact, null, new FastScanSearchSettings(0, 1)));
    }

    [Fact]
    public void Of_many_alike_and_a_few_others_the_right_ones_come_back()
    {
        var vectors = new VectorSet(4);
        for (int id = 0; id < 5000; id++)
        {
            vectors.Add([id], id % 500 == 0 ? [id, 1, 2, 3] : id % 3 == 0 ? [0, 0, 0, 0] : [1, 1, 1, 1]);
        }

        using FastScanIndex index = new FastScanIndexProvider(new FastScanIndexOptions { LeafSize = 1, SearchSettings = new(20, 20) }).Build(vectors);
        var results = new Neighbor[30];
        Assert.Equal(30, index.Search([1, 1, 1, 1], results));
        Assert.All(results, n => Assert.Equal(0, n.Distance, 1e-6));
        Assert.Equal(Enumerable.Range(0, 5000).Where(id => id % 500 != 0 && id % 3 != 0).Take(30), results.Select(n => n.Id));
        Assert.Equal(30, index.Search([4500, 1, 2, 3], results));
        Assert.Equal(4500, results[0].Id);
    }

    [Fact]
    public void A_query_too_large_to_square_is_refused()
    {
        using FastScanIndex index = new FastScanIndexProvider().Build(TestVectors.Random(10, 2, seed: 1));
        var error = Assert.Throws<ArgumentException>(() => index.Search([1e30f, 1], new Neighbor[1]));
        Assert.Contains("too large", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Tiny_and_large_vectors_are_ordered_by_their_direction()
    {
        var vectors = new VectorSet(2);
        vectors.Add([0, 1, 2, 3], [1e-30f, 1e-30f, 1e18f, 0, 0, 1e-36f, 3, 3.01f]);
        using FastScanIndex index = new FastScanIndexProvider().Build(vectors);
        var results = new Neighbor[4];
        Assert.Equal(4, index.Search([2e-30f, 2.001e-30f], results));
        Assert.Equal([0, 3, 2, 1], results.Select(r => r.Id));
    }

    [Fact]
    public void Other_metrics_are_refused()
    {
        var provider = new FastScanIndexProvider();
        foreach (ISimilarityMetric metric in (ISimilarityMetric[])[.. SimilarityMetrics.All.Where(m => m.Name != "angular"), new Namesake()])
        {
            Assert.False(provider.Supports(metric));
            var error = Assert.Throws<NotSupportedException>(() => provider.Build(TestVectors.Random(10, 2, seed: 1), metric, null, "", null, TestContext.Current.CancellationToken));
            Assert.Contains(metric.Name, error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Duplicate_ids_are_refused()
    {
        VectorSet vectors = TestVectors.Random(10, 2, seed: 1);
        vectors.Add([7], [1, 2]);
        var error = Assert.Throws<ArgumentException>(() => new FastScanIndexProvider().Build(vectors));
        Assert.Contains("7", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Options_outside_their_range_are_refused()
    {
        FastScanIndexOptions[] refused =
        [
            new() { LeafSize = 0 }, new() { SearchSettings = new(0, 1) }, new() { SearchSettings = new(1, 0) },
            new() { MaxDegreeOfParallelism = 0 }, new() { MaxDegreeOfParallelism = -2 },
        ];
        Assert.All(refused, options => Assert.Throws<ArgumentOutOfRangeException>(() => new FastScanIndexProvider(options)));
    }

    [Fact]
    public void The_builder_registers_the_provider_with_its_options()
    {
        var services = new ServiceCollection();
        services.AddArtSimilarity().AddFastScanIndex(o => o.LeafSize = 3);
        Assert.Single(services, s => s.ServiceType == typeof(IVectorIndexProvider));
        using ServiceProvider container = services.BuildServiceProvider();
        IVectorIndexProvider provider = container.GetRequiredService<IVectorIndexProvider>();
        Assert.Equal("fastscan", provider.Name);
        using FastScanIndex index = ((FastScanIndexProvider)provider).Build(TestVectors.Random(10, 2, seed: 1));
        Assert.Equal(3, index.LeafSize);
    }

    /// <summary>
    /// How far the distance to a vector may be off: rounding moves each number by half a step, of which the largest number has
    /// 2²³ − 1; so it turns the vector by at most √dimensions times half a step over its length, and no distance between
    /// unit vectors changes by more than that. Two units of single precision in a distance of up to 2 come on top.
    /// </summary>
    private static double Rounding(ReadOnlySpan<float> vector)
    {
        double largest = 0, squares = 0;
        foreach (float number in vector)
        {
            largest = Math.Max(largest, Math.Abs(number));
            squares += (double)number * number;
        }

        return (Math.Sqrt(vector.Length) * largest / ((1 << 24) - 2) / Math.Sqrt(squares)) + 2.4e-7;
    }

    private static double Recall(FastScanIndex index, VectorSet vectors, int candidates)
    {
        double found = 0;
        for (int q = 0; q < 50; q++)
        {
            var exact = new Neighbor[20];
            var actual = new Neighbor[20];
            index.Search(vectors[q * 100], exact, null, FastScanSearchSettings.Exact);
            index.Search(vectors[q * 100], actual, null, new FastScanSearchSettings(candidates, candidates));
            found += actual.Intersect(exact).Count();
        }

        return found / (50 * 20);
    }

    /// <summary>A host's metric that takes the name of the library's.</summary>
    private sealed class Namesake : ISimilarityMetric
    {
        public string Name => "angular";

        public float Distance(ReadOnlySpan<float> x, ReadOnlySpan<float> y) => Math.Abs(x[0] - y[0]);

        public float Similarity(float distance) => -distance;
    }
}
