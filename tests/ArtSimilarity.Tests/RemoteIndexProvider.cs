using System.Collections.Concurrent;
using ArtSimilarity.Indexing;
using ArtSimilarity.Metrics;

namespace ArtSimilarity.Tests;

/// <summary>
/// Indexes in a server that everything is asked of asynchronously: no call is complete when it returns, and nothing is kept in files.
/// </summary>
internal sealed class RemoteIndexProvider : IVectorIndexProvider
{
    private readonly ConcurrentDictionary<(Guid, string), (VectorSet Vectors, ISimilarityMetric Metric, string Stamp)> _kept = new();
    private int _builds, _searches, _open;

    public string Name => "remote";

    public string Settings => "none";

    /// <summary>Whether the server does not answer.</summary>
    public bool IsDown { get; set; }

    public int Builds => Volatile.Read(ref _builds);

    public int Searches => Volatile.Read(ref _searches);

    /// <summary>How many indexes are open.</summary>
    public int Open => Volatile.Read(ref _open);

    public bool Supports(ISimilarityMetric metric) => true;

    public async ValueTask<IVectorIndex> BuildAsync(
        VectorSet vectors, ISimilarityMetric metric, VectorIndexLocation location, string stamp, IProgress<double>? progress = null, CancellationToken cancellationToken = default)
    {
        await AnswerAsync(cancellationToken);
        Interlocked.Increment(ref _builds);
        var copy = new VectorSet(vectors.Dimensions);
        for (int row = 0; row < vectors.Count; row++)
        {
            copy.Add(vectors.Ids.Slice(row, 1), vectors[row]);
            if (row % 50 == 0)
            {
                progress?.Report(row / (double)vectors.Count);
                await AnswerAsync(cancellationToken);
            }
        }

        _kept[(location.Gallery, location.Name)] = (copy, metric, stamp);
        progress?.Report(1);
        return new RemoteIndex(this, copy, metric);
    }

    public async ValueTask<OpenedVectorIndex?> OpenAsync(VectorIndexLocation location, CancellationToken cancellationToken = default)
    {
        await AnswerAsync(cancellationToken);
        return _kept.TryGetValue((location.Gallery, location.Name), out (VectorSet Vectors, ISimilarityMetric Metric, string Stamp) kept)
            ? new OpenedVectorIndex(new RemoteIndex(this, kept.Vectors, kept.Metric), kept.Stamp)
            : null;
    }

    /// <summary>An answer comes on another thread, later.</summary>
    private async Task AnswerAsync(CancellationToken cancellationToken)
    {
        await Task.Delay(1, cancellationToken);
        if (IsDown)
        {
            throw new TimeoutException("The server does not answer.");
        }
    }

    private sealed class RemoteIndex : IVectorIndex
    {
        private readonly RemoteIndexProvider _server;
        private readonly FakeIndex _index;
        private int _disposed;

        public RemoteIndex(RemoteIndexProvider server, VectorSet vectors, ISimilarityMetric metric)
        {
            _server = server;
            _index = new FakeIndex(vectors, metric, VectorIndexAccuracy.Fixed);
            Interlocked.Increment(ref server._open);
        }

        public int Count => _index.Count;

        public int Dimensions => _index.Dimensions;

        public ISimilarityMetric Metric => _index.Metric;

        public VectorIndexAccuracy Accuracy => _index.Accuracy;

        public async ValueTask<int> SearchAsync(
            ReadOnlyMemory<float> query, Memory<Neighbor> results, VectorSearchOptions options = default, CancellationToken cancellationToken = default)
        {
            await _server.AnswerAsync(cancellationToken);
            Interlocked.Increment(ref _server._searches);
            return await _index.SearchAsync(query, results, options, cancellationToken);
        }

        public async ValueTask DisposeAsync()
        {
            await Task.Delay(1);
            if (Interlocked.Exchange(ref _disposed, 1) == 0)
            {
                await _index.DisposeAsync();
                Interlocked.Decrement(ref _server._open);
            }
        }
    }
}
