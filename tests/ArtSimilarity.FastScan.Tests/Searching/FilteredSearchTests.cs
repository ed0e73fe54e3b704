using ArtSimilarity.Indexing;
using ArtSimilarity.Metrics;
using ArtSimilarity.TestSupport;
using ArtSimilarity.Testing;
using Xunit;

namespace ArtSimilarity.FastScan.Tests.Searching;

/// <summary>Filters on clustered vectors, held against the exact index: with the defaults, and with settings that look at little.</summary>
public sealed class FilteredSearchTests : IClassFixture<FilteredSearchTests.Indexes>
{
    private const int Count = 60_000, Dimensions = 100, Clusters = 150, Queries = 12, Neighbors = 20;

    private readonly Indexes _indexes;

    public FilteredSearchTests(Indexes indexes) => _indexes = indexes;

    public static TheoryData<double> Selectivities => [0.5, 0.1, 0.01, 0.001];

    [Theory]
    [MemberData(nameof(Selectivities))]
    public void The_defaults_find_nearly_all_that_a_filter_allows(double selectivity)
    {
        var random = new Random(5);
        double recall = 0;
        for (int q = 0; q < Queries; q++)
        {
            var filter = new IdSet(Enumerable.Range(0, Count).Where(_ => random.NextDouble() < selectivity));
            recall += _indexes.AssertAnswer(q, Neighbors, filter, settings: null);
        }

        Assert.InRange(recall / Queries, 0.95, 1);
    }

    [Theory]
    [MemberData(nameof(Selectivities))]
    public void The_defaults_find_nearly_all_of_clusters_far_from_the_query(double selectivity) =>
        Assert.InRange(RecallOfFarClusters(selectivity, settings: null), 0.95, 1);

    [Theory]
    [MemberData(nameof(Selectivities))]
    public void Leaves_without_any_that_the_filter_allows_take_nothing_from_the_others(double selectivity) =>
        Assert.InRange(RecallOfFarClusters(selectivity, new FastScanSearchSettings(2000, 100)), 0.9, 1);

    [Theory]
    [MemberData(nameof(Selectivities))]
    public void As_many_as_exist_come_back_even_with_the_smallest_settings(double selectivity)
    {
        // Near the query the filter allows few, so that leaves which hold any hold almost none, and far from it many.
        var random = new Random(6);
        foreach (int k in new[] { 1, 7, 100, 1000 })
        {
            for (int q = 0; q < 4; q++)
            {
                HashSet<int> near = [.. _indexes.Exact(q, Count / 4, filter: null).Select(n => n.Id)];
                var filter = new IdSet(Enumerable.Range(0, Count).Where(id => random.NextDouble() < (near.Contains(id) ? selectivity / 50 : selectivity)));
                filter.Add(Count + 50_000);
                _indexes.AssertAnswer(q, k, filter, new FastScanSearchSettings(1, 1));
                _indexes.AssertAnswer(q, k, filter, new FastScanSearchSettings(3000, 40));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Selectivities))]
    public void Filters_go_together_with_excluded_vectors(double selectivity)
    {
        using Indexes indexes = _indexes.Changed();
        var random = new Random(7);
        double recall = 0;
        for (int q = 0; q < Queries; q++)
        {
            var filter = new IdSet(Enumerable.Range(0, Count).Where(_ => random.NextDouble() < selectivity));
            recall += indexes.AssertAnswer(q, Neighbors, filter, settings: null);
            indexes.AssertAnswer(q, 100, filter, new FastScanSearchSettings(50, 5));
        }

        Assert.InRange(recall / Queries, 0.95, 1);
    }

    [Fact]
    public void Without_a_filter_excluded_vectors_are_minded_too()
    {
        using Indexes indexes = _indexes.Changed();
        double recall = 0;
        for (int q = 0; q < Queries; q++)
        {
            recall += indexes.AssertAnswer(q, Neighbors, filter: null, settings: null);
        }

        Assert.InRange(recall / Queries, 0.95, 1);
    }

    /// <summary>The filter allows the clusters farthest from the query: what a genre or an artist may be.</summary>
    private double RecallOfFarClusters(double selectivity, FastScanSearchSettings? settings)
    {
        double recall = 0;
        for (int q = 0; q < Queries; q++)
        {
            IEnumerable<int> clusters = _indexes.Exact(q, Clusters, new IdSet(Enumerable.Range(0, Clusters))).Select(n => n.Id).TakeLast((int)Math.Ceiling(selectivity * Clusters));
            IEnumerable<int> ids = clusters.SelectMany(cluster => Enumerable.Range(0, Count / Clusters).Select(i => cluster + (i * Clusters)));
            recall += _indexes.AssertAnswer(q, Neighbors, new IdSet(ids.Take((int)(selectivity * Count))), settings);
        }

        return recall / Queries;
    }

    /// <summary>An index and the exact one over the same vectors.</summary>
    public sealed class Indexes : IDisposable
    {
        private readonly VectorSet _vectors = TestVectors.Clustered(Count, Dimensions, Clusters, seed: 12);
        private readonly VectorSet _queries = TestVectors.Clustered(Count + Queries, Dimensions, Clusters, seed: 12);
        private readonly FastScanIndex _index;
        private readonly FlatIndex _exact = new(Dimensions, SimilarityMetrics.Angular);
        private readonly TemporaryFolder _folder;
        private readonly bool _ownsFolder;
        private IdSet? _excluded;

        public Indexes()
            : this(null)
        {
        }

        private Indexes(TemporaryFolder? folder)
        {
            _ownsFolder = folder is null;
            _folder = folder ?? new TemporaryFolder();
            var provider = new FastScanIndexProvider();
            string path = _folder.File("index.fastscan");
            _index = folder is null ? provider.Build(_vectors, path) : (FastScanIndex)provider.Open(path).Index;
            for (int row = 0; row < Count; row++)
            {
                _exact.Add([row], _vectors[row]);
            }
        }

        /// <summary>The same, of which a twelfth and the ids from 601 to 899 are excluded.</summary>
        public Indexes Changed()
        {
            var changed = new Indexes(_folder) { _excluded = new IdSet(Enumerable.Range(0, Count).Where(id => id % 12 == 5 || id is > 600 and < 900)).Freeze() };
            changed._exact.Remove(changed._excluded.ToArray());
            return changed;
        }

        public Neighbor[] Exact(int query, int k, IdSet? filter)
        {
            var results = new Neighbor[k];
            return results[.._exact.Search(Query(query), results, filter)];
        }

        /// <summary>Checks all but which neighbours come back, and returns how many of them are true ones.</summary>
        public double AssertAnswer(int query, int k, IdSet? filter, FastScanSearchSettings? settings)
        {
            Neighbor[] exact = Exact(query, k, filter), results = new Neighbor[k];
            VectorSearchOptions options = new() { Allowed = filter, Excluded = _excluded };
            int found = settings is FastScanSearchSettings own ? _index.Search(Query(query), results, options, own) : _index.Search(Query(query), results, options);
            Assert.Equal(exact.Length, found);
            Assert.Equal(found, results[..found].Select(n => n.Id).Distinct().Count());
            Assert.Equal(results[..found].Order(), results[..found]);
            Assert.All(results[..found], n => Assert.True(filter is null || filter.Contains(n.Id)));
            double last = exact[^1].Distance + 1e-6;
            return results[..found].Count(n => n.Distance <= last) / (double)found;
        }

        public void Dispose()
        {
            _index.Dispose();
            if (_ownsFolder)
            {
                _folder.Dispose();
            }
        }

        /// <summary>A vector of the same clusters that is not in the index.</summary>
        private ReadOnlySpan<float> Query(int query) => _queries[Count + query];
    }
}
