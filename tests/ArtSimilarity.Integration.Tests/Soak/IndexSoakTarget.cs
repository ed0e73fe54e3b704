using ArtSimilarity.FastScan;
using ArtSimilarity.Indexing;
using ArtSimilarity.Metrics;
using Xunit;

namespace ArtSimilarity.Integration.Tests.Soak;

/// <summary>An index file that is replaced by a new one while it is searched, and beside it what changed since.</summary>
internal sealed class IndexSoakTarget(string folder) : ISoakTarget
{
    private readonly FastScanIndexProvider _provider = new(new FastScanIndexOptions { LeafSize = 32 });
    private readonly string _path = Path.Combine(folder, "soak.fastscan");
    private readonly Lock _changing = new();
    private readonly Dictionary<int, int> _versions = [];
    private Parts _parts = new(new FastScanIndexProvider().Build(new VectorSet(SoakVectors.Dimensions), SimilarityMetrics.Angular, null, ""));
    private int _searches;

    public int Builds { get; private set; }

    public void Add(IReadOnlyList<(int Work, int Version)> works)
    {
        lock (_changing)
        {
            _parts.Remove([.. works.Select(added => added.Work)]);
            _parts.Added.Add([.. works.Select(added => added.Work)], [.. works.SelectMany(added => SoakVectors.Of(added.Work, added.Version))]);
            foreach ((int work, int version) in works)
            {
                _versions[work] = version;
            }
        }
    }

    public void Remove(IReadOnlyList<int> works)
    {
        lock (_changing)
        {
            _parts.Remove([.. works]);
            foreach (int work in works)
            {
                _versions.Remove(work);
            }
        }
    }

    public IReadOnlyList<(int Work, float Distance)> Search(float[] query, int k, SoakFilter filter)
    {
        var allowed = new IdSet();
        if (filter.Genre is not null || filter.Works is not null)
        {
            for (int work = 0; work < SoakRun.Works; work++)
            {
                if (filter.Allows(work))
                {
                    allowed.Add(work);
                }
            }
        }

        IdSet? ids = filter.Genre is null && filter.Works is null ? null : allowed;
        var results = new Neighbor[k];
        while (true)
        {
            try
            {
                Parts parts = Volatile.Read(ref _parts);
                var options = new VectorSearchOptions { Allowed = ids, Excluded = parts.Excluded, Quality = Interlocked.Increment(ref _searches) % 2 == 0 ? 0.95 : null };
                int found = parts.Index.Search(query, results, options);
                var added = new Neighbor[k];
                int more = parts.Added.Search(query, added, ids);

                // A work that was replaced meanwhile may be found in both.
                return [.. results[..found].Concat(added[..more]).Order().DistinctBy(neighbor => neighbor.Id).Take(k).Select(neighbor => (neighbor.Id, neighbor.Distance))];
            }
            catch (ObjectDisposedException)
            {
                // It was replaced between the two.
            }
        }
    }

    /// <summary>Builds the index anew from what is there, over the file that is being searched.</summary>
    public void Maintain()
    {
        Parts former;
        lock (_changing)
        {
            var vectors = new VectorSet(SoakVectors.Dimensions);
            foreach ((int work, int version) in _versions)
            {
                vectors.Add([work], SoakVectors.Of(work, version));
            }

            former = _parts;
            Volatile.Write(ref _parts, new Parts(_provider.Build(vectors, SimilarityMetrics.Angular, _path, "soak")));
            Builds++;
        }

        former.Index.Dispose();
    }

    public void Check(ChangeHistory history) => Assert.Equal(history.Count, _versions.Count);

    public ValueTask DisposeAsync()
    {
        _parts.Index.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>What was built, what was added since, and what was removed since.</summary>
    private sealed class Parts(FastScanIndex index)
    {
        private IdSet _excluded = new IdSet().Freeze();

        public FastScanIndex Index => index;

        public FlatIndex Added { get; } = new(SoakVectors.Dimensions, SimilarityMetrics.Angular);

        public IdSet Excluded => Volatile.Read(ref _excluded);

        public void Remove(int[] works)
        {
            IdSet excluded = _excluded.Copy();
            foreach (int work in works)
            {
                excluded.Add(work);
            }

            Volatile.Write(ref _excluded, excluded.Freeze());
            Added.Remove(works);
        }
    }
}
