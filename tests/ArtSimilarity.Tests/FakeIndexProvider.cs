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

    public ValueTask<IVectorIndex> BuildAsync(
        VectorSet vectors, ISimilarityMetric metric, VectorIndexLocation location, string stamp, IProgress<double>? progress = null, CancellationToken cancellationToken = default)
    {
        Interlocked.Increment(ref _begun);
        int count = vectors.Count;
        DuringBuild(progress, cancellationToken);
        if (vectors.Count != count)
        {
            throw new InvalidOperationException("The vectors grew while an index was built over them.");
        }

        var index = new FakeIndex(vectors, metric, tunable ? VectorIndexAccuracy.Adjustable : VectorIndexAccuracy.Fixed, () => DuringSearch());
        _built.Enqueue(index);
        progress?.Report(1);
        return new(index);
    }

    public ValueTask<OpenedVectorIndex?> OpenAsync(VectorIndexLocation location, CancellationToken cancellationToken = default) => new((OpenedVectorIndex?)null);

    public VectorIndexTuning ParseTuning(string text) =>
        text.StartsWith("unreadable", StringComparison.Ordinal) ? throw new FormatException($"'{text}' is no tuning.") : new FakeTuning(text);
}
