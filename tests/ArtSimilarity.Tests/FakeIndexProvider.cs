using System.Collections.Concurrent;
using ArtSimilarity.Indexing;
using ArtSimilarity.Metrics;

namespace ArtSimilarity.Tests;

/// <summary>
/// Builds indexes that answer exactly but pass for approximate ones, and lets a test hold a build, fail it and see what was
/// asked of the indexes.
/// </summary>
internal sealed class FakeIndexProvider(bool tunable = true) : IVectorIndexProvider
{
    private readonly ConcurrentQueue<FakeIndex> _built = new();
    private int _begun;

    public string Name => "fake";

    public string Settings => "none";

    /// <summary>Runs within every build, on its thread, before the index is there.</summary>
    public Action<IProgress<double>?, CancellationToken> DuringBuild { get; set; } = (_, _) => { };

    /// <summary>Runs within every search.</summary>
    public Action DuringSearch { get; set; } = () => { };

    /// <summary>The number of builds begun.</summary>
    public int Begun => Volatile.Read(ref _begun);

    /// <summary>The indexes built, the first one first.</summary>
    public IReadOnlyList<FakeIndex> Built => [.. _built];

    public bool Supports(ISimilarityMetric metric) => true;

    public ILocalVectorIndex Build(
        VectorSet vectors, ISimilarityMetric metric, string? path, string stamp, IProgress<double>? progress = null, CancellationToken cancellationToken = default)
    {
        Interlocked.Increment(ref _begun);
        int count = vectors.Count;
        DuringBuild(progress, cancellationToken);
        Assert(vectors.Count == count, "The vectors grew while an index was built over them.");
        FakeIndex index = tunable ? new FakeTunableIndex(this, vectors, metric) : new FakeIndex(this, vectors, metric);
        _built.Enqueue(index);
        progress?.Report(1);
        return index;
    }

    public OpenedVectorIndex Open(string path) => throw new FileNotFoundException("Nothing is kept.", path);

    private static void Assert(bool condition, string message)
    {
        if (!condition)
        {
            throw new InvalidOperationException(message);
        }
    }

    internal class FakeIndex : ILocalVectorIndex
    {
        private readonly FakeIndexProvider _maker;
        private readonly FlatIndex _flat;
        private int _disposed;

        public FakeIndex(FakeIndexProvider maker, VectorSet vectors, ISimilarityMetric metric)
        {
            _maker = maker;
            _flat = new FlatIndex(vectors.Dimensions, metric);
            BuiltCount = vectors.Count;
            for (int row = 0; row < vectors.Count; row++)
            {
                _flat.Add(vectors.Ids.Slice(row, 1), vectors[row]);
            }
        }

        public int BuiltCount { get; }

        public bool IsDisposed => Volatile.Read(ref _disposed) > 0;

        public int Count => _flat.Count;

        public int Dimensions => _flat.Dimensions;

        public ISimilarityMetric Metric => _flat.Metric;

        public void Add(ReadOnlySpan<int> ids, ReadOnlySpan<float> vectors) => _flat.Add(ids, vectors);

        public int Remove(ReadOnlySpan<int> ids) => _flat.Remove(ids);

        public int Search(ReadOnlySpan<float> query, Span<Neighbor> results, IdSet? filter = null)
        {
            _maker.DuringSearch();
            return _flat.Search(query, results, filter);
        }

        public void Dispose()
        {
            Interlocked.Increment(ref _disposed);
            _flat.Dispose();
        }
    }

    /// <summary>Takes any tuning that begins with "good".</summary>
    internal sealed class FakeTunableIndex(FakeIndexProvider maker, VectorSet vectors, ISimilarityMetric metric) : FakeIndex(maker, vectors, metric), ITunableVectorIndex
    {
        private string? _tuning;

        /// <summary>The qualities demanded so far.</summary>
        public ConcurrentQueue<double> Demanded { get; } = new();

        public string? Tuning
        {
            get => Volatile.Read(ref _tuning);
            set => Volatile.Write(ref _tuning, value is null || value.StartsWith("good", StringComparison.Ordinal) ? value : throw new FormatException($"'{value}' is no tuning."));
        }

        public int Search(ReadOnlySpan<float> query, Span<Neighbor> results, IdSet? filter, double quality)
        {
            Demanded.Enqueue(quality);
            return Search(query, results, filter);
        }
    }
}
