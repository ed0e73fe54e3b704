using System.Collections.Concurrent;
using ArtSimilarity.Indexing;
using ArtSimilarity.Metrics;

namespace ArtSimilarity.Tests;

/// <summary>Answers exactly but passes for what it is told to be. It takes any tuning that begins with "good".</summary>
internal sealed class FakeIndex : IVectorIndex
{
    private readonly FlatIndex _flat;
    private readonly Action _duringSearch;
    private VectorIndexTuning? _tuning;
    private int _disposed;

    public FakeIndex(VectorSet vectors, ISimilarityMetric metric, VectorIndexAccuracy accuracy, Action? duringSearch = null)
    {
        Accuracy = accuracy;
        _duringSearch = duringSearch ?? (() => { });
        _flat = new FlatIndex(vectors.Dimensions, metric);
        for (int row = 0; row < vectors.Count; row++)
        {
            _flat.Add(vectors.Ids.Slice(row, 1), vectors[row]);
        }

        Count = _flat.Count;
    }

    public bool IsDisposed => Volatile.Read(ref _disposed) > 0;

    /// <summary>The qualities demanded so far.</summary>
    public ConcurrentQueue<double> Demanded { get; } = new();

    public int Count { get; }

    public int Dimensions => _flat.Dimensions;

    public ISimilarityMetric Metric => _flat.Metric;

    public VectorIndexAccuracy Accuracy { get; }

    public VectorIndexTuning? Tuning
    {
        get => Volatile.Read(ref _tuning);
        set
        {
            if (Accuracy != VectorIndexAccuracy.Adjustable)
            {
                throw new NotSupportedException("The index cannot be tuned.");
            }

            Volatile.Write(ref _tuning, value is null || value.ToString().StartsWith("good", StringComparison.Ordinal) ? value : throw new ArgumentException($"'{value}' does not fit.", nameof(value)));
        }
    }

    public ValueTask<int> SearchAsync(
        ReadOnlyMemory<float> query, Memory<Neighbor> results, VectorSearchOptions options = default, CancellationToken cancellationToken = default)
    {
        if (options.Quality is double quality)
        {
            Demanded.Enqueue(quality);
        }

        _duringSearch();
        return _flat.SearchAsync(query, results, options, cancellationToken);
    }

    public ValueTask DisposeAsync()
    {
        Interlocked.Increment(ref _disposed);
        return _flat.DisposeAsync();
    }
}
