using ArtSimilarity.Indexing;
using ArtSimilarity.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ArtSimilarity.Annoy.Tests;

public sealed class AnnoyIndexTests
{
    [Fact]
    public void Distances_equal_those_of_the_exact_index_bit_for_bit()
    {
        foreach (int dimensions in new[] { 1, 15, 16, 31, 83, 512 })
        {
            VectorSet vectors = TestVectors.Random(600, dimensions, seed: 2);
            using AnnoyIndex forest = new AnnoyIndexProvider().Build(vectors);
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
                Assert.Equal(600, forest.Search(queries[q], actual));
                Assert.Equal(expected, actual);
            }
        }
    }

    [Fact]
    public void More_candidates_find_more()
    {
        VectorSet vectors = TestVectors.Random(8000, 12, seed: 4);
        using AnnoyIndex index = new AnnoyIndexProvider(new AnnoyIndexOptions { LeafSize = 16 }).Build(vectors);
        double few = Recall(index, vectors, 60), some = Recall(index, vectors, 500), all = Recall(index, vectors, 4000);
        Assert.True(few < some && some < all, $"{few:f3}, {some:f3}, {all:f3}");
        Assert.Equal(1, all);
    }

    [Fact]
    public void The_option_for_candidates_is_the_default_of_a_search()
    {
        VectorSet vectors = TestVectors.Random(8000, 12, seed: 4);
        var options = new AnnoyIndexOptions { LeafSize = 16, SearchSettings = new(80, 30) };
        using AnnoyIndex index = new AnnoyIndexProvider(options).Build(vectors);
        var byOption = new Neighbor[20];
        var byArgument = new Neighbor[20];
        var exact = new Neighbor[20];
        index.Search(vectors[3], byOption);
        index.Search(vectors[3], byArgument, null, new AnnoySearchSettings(80, 30));
        index.Search(vectors[3], exact, null, AnnoySearchSettings.Exact);
        Assert.Equal(byArgument, byOption);
        Assert.NotEqual(exact, byOption);
        Assert.Throws<ArgumentOutOfRangeException>(() => index.Search(vectors[3], exact, null, new AnnoySearchSettings(0, 1)));
    }

    [Fact]
    public void A_walk_that_meets_none_of_the_filter_gives_way_to_comparing_all_that_match()
    {
        // Even ids point one way and odd ones the other, so the trees offer the query none that the filter allows.
        var vectors = new VectorSet(3);
        VectorSet noise = TestVectors.Random(8000, 3, seed: 9);
        for (int id = 0; id < 8000; id++)
        {
            float side = id % 2 == 0 ? 10 : -10;
            vectors.Add([id], [noise[id][0] + side, noise[id][1], noise[id][2]]);
        }

        using AnnoyIndex index = new AnnoyIndexProvider(new AnnoyIndexOptions { LeafSize = 4 }).Build(vectors);
        var filter = new IdSet(Enumerable.Range(0, 4000).Select(i => (2 * i) + 1));
        var exact = new Neighbor[40];
        var walked = new Neighbor[40];
        index.Search([10, 0.5f, 0.5f], exact, filter, AnnoySearchSettings.Exact);
        Assert.Equal(40, index.Search([10, 0.5f, 0.5f], walked, filter, new AnnoySearchSettings(50, 50)));
        Assert.Equal(exact, walked);
    }

    [Fact]
    public void Many_alike_and_a_few_others_end_in_leaves_of_the_asked_size()
    {
        var vectors = new VectorSet(4);
        for (int id = 0; id < 5000; id++)
        {
            vectors.Add([id], id % 500 == 0 ? [id, 1, 2, 3] : id % 3 == 0 ? [0, 0, 0, 0] : [1, 1, 1, 1]);
        }

        using AnnoyIndex index = new AnnoyIndexProvider(new AnnoyIndexOptions { LeafSize = 1, SearchSettings = new(20, 20) }).Build(vectors);
        var results = new Neighbor[30];
        Assert.Equal(30, index.Search([1, 1, 1, 1], results));
        Assert.Equal(0, results[0].Distance, 1e-6);
    }

    [Fact]
    public void A_query_too_large_to_square_is_refused()
    {
        using AnnoyIndex index = new AnnoyIndexProvider().Build(TestVectors.Random(10, 2, seed: 1));
        var error = Assert.Throws<ArgumentException>(() => index.Search([1e30f, 1], new Neighbor[1]));
        Assert.Contains("too large", error.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => index.Add([20], [1e30f, 1]));
        Assert.Equal(10, index.Count);
    }

    [Fact]
    public void Tiny_and_large_vectors_are_ordered_by_their_direction()
    {
        var vectors = new VectorSet(2);
        vectors.Add([0, 1, 2, 3], [1e-30f, 1e-30f, 1e18f, 0, 0, 1e-36f, 3, 3.01f]);
        using AnnoyIndex index = new AnnoyIndexProvider().Build(vectors);
        var results = new Neighbor[4];
        Assert.Equal(4, index.Search([2e-30f, 2.001e-30f], results));
        Assert.Equal([0, 3, 2, 1], results.Select(r => r.Id));
    }

    [Fact]
    public void Adding_and_removing_for_ever_does_not_grow()
    {
        using AnnoyIndex index = new AnnoyIndexProvider().Build(TestVectors.Random(10, 256, seed: 1));
        float[] vector = TestVectors.Random(1, 256, seed: 5)[0].ToArray();
        for (int i = 0; i < 200; i++)
        {
            index.Add([100], vector);
            index.Remove([100]);
        }

        long before = GC.GetTotalMemory(forceFullCollection: true);
        for (int i = 0; i < 20_000; i++)
        {
            index.Add([100], vector);
            index.Remove([100]);
        }

        // 20,000 vectors of 1 KB each would be 20 MB.
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, long.MinValue, 4_000_000);
    }

    [Fact]
    public void Other_metrics_are_refused()
    {
        var provider = new AnnoyIndexProvider();
        foreach (ISimilarityMetric metric in SimilarityMetrics.All.Where(m => m.Name != "angular"))
        {
            var error = Assert.Throws<NotSupportedException>(() => provider.Build(TestVectors.Random(10, 2, seed: 1), metric, null, "", null, TestContext.Current.CancellationToken));
            Assert.Contains(metric.Name, error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Duplicate_ids_are_refused()
    {
        VectorSet vectors = TestVectors.Random(10, 2, seed: 1);
        vectors.Add([7], [1, 2]);
        var error = Assert.Throws<ArgumentException>(() => new AnnoyIndexProvider().Build(vectors));
        Assert.Contains("7", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Options_outside_their_range_are_refused()
    {
        AnnoyIndexOptions[] refused =
        [
            new() { LeafSize = 0 }, new() { SearchSettings = new(0, 1) }, new() { SearchSettings = new(1, 0) },
            new() { MaxDegreeOfParallelism = 0 }, new() { MaxDegreeOfParallelism = -2 },
        ];
        Assert.All(refused, options => Assert.Throws<ArgumentOutOfRangeException>(() => new AnnoyIndexProvider(options)));
    }

    [Fact]
    public void The_builder_registers_the_provider_with_its_options()
    {
        var services = new ServiceCollection();
        services.AddArtSimilarity().AddAnnoyIndex(o => o.LeafSize = 3);
        ServiceDescriptor descriptor = Assert.Single(services, s => s.ServiceType == typeof(IVectorIndexProvider));
        var provider = (IVectorIndexProvider)descriptor.ImplementationFactory!(new NoServices());
        Assert.Equal("annoy", provider.Name);
        using AnnoyIndex index = ((AnnoyIndexProvider)provider).Build(TestVectors.Random(10, 2, seed: 1));
        Assert.Equal(3, index.LeafSize);
    }

    private static double Recall(AnnoyIndex index, VectorSet vectors, int candidates)
    {
        double found = 0;
        for (int q = 0; q < 50; q++)
        {
            var exact = new Neighbor[20];
            var actual = new Neighbor[20];
            index.Search(vectors[q * 100], exact, null, AnnoySearchSettings.Exact);
            index.Search(vectors[q * 100], actual, null, new AnnoySearchSettings(candidates, candidates));
            found += actual.Intersect(exact).Count();
        }

        return found / (50 * 20);
    }

    private sealed class NoServices : IServiceProvider
    {
        public object? GetService(Type serviceType) => null;
    }
}
