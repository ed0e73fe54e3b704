using ArtSimilarity.FastScan;
using ArtSimilarity.Indexing;
using ArtSimilarity.Metrics;
using Xunit;

namespace ArtSimilarity.Integration.Tests.Soak;

/// <summary>An index file that is replaced by a new one while it is searched.</summary>
internal sealed class IndexSoakTarget(string folder) : ISoakTarget
{
    private readonly FastScanIndexProvider _provider = new(new FastScanIndexOptions { LeafSize = 32 });
    private readonly string _path = Path.Combine(folder, "soak.fastscan");
    private readonly Lock _changing = new();
    private readonly Dictionary<int, int> _versions = [];
    private FastScanIndex _index = new FastScanIndexProvider().Build(new VectorSet(SoakVectors.Dimensions), SimilarityMetrics.Angular, null, "");
    private int _searches;

    public int Builds { get; private set; }

    public void Add(IReadOnlyList<(int Work, int Version)> works)
    {
        lock (_changing)
        {
            _index.Remove([.. works.Select(added => added.Work)]);
            _index.Add([.. works.Select(added => added.Work)], [.. works.SelectMany(added => SoakVectors.Of(added.Work, added.Version))]);
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
            Assert.Equal(works.Count, _index.Remove([.. works]));
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
                FastScanIndex index = Volatile.Read(ref _index);
                int found = Interlocked.Increment(ref _searches) % 2 == 0 ? index.Search(query, results, ids, 0.95) : index.Search(query, results, ids);
                return [.. results[..found].Select(neighbor => (neighbor.Id, neighbor.Distance))];
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
        FastScanIndex former;
        lock (_changing)
        {
            var vectors = new VectorSet(SoakVectors.Dimensions);
            foreach ((int work, int version) in _versions)
            {
                vectors.Add([work], SoakVectors.Of(work, version));
            }

            former = _index;
            Volatile.Write(ref _index, _provider.Build(vectors, SimilarityMetrics.Angular, _path, "soak"));
            Builds++;
        }

        former.Dispose();
    }

    public void Check(ChangeHistory history) => Assert.Equal(history.Count, _index.Count);

    public ValueTask DisposeAsync()
    {
        _index.Dispose();
        return ValueTask.CompletedTask;
    }
}
