using System.Collections.Concurrent;
using ArtSimilarity.Features;
using ArtSimilarity.Indexing;
using Microsoft.Extensions.Logging;

namespace ArtSimilarity.Galleries;

/// <summary>The indexes of a gallery, by feature space; opened when first needed.</summary>
internal sealed class GalleryIndexes(
    IGalleryStore store, IVectorIndexProvider? provider, GalleryOptions options, ILogger logger, TimeProvider clock) : IAsyncDisposable
{
    private readonly ConcurrentDictionary<FeatureSpace, SpaceIndexes> _spaces = new();
    private readonly CancellationTokenSource _closing = new();

    /// <summary>An index that reflects the store as it is now, or later; open until the lease is disposed.</summary>
    public ValueTask<IndexLease> LeaseAsync(FeatureSpace space, bool exact, CancellationToken cancellationToken) => Of(space).LeaseAsync(exact, cancellationToken);

    public Task PrepareAsync(FeatureSpace space, IProgress<double>? progress, CancellationToken cancellationToken) => Of(space).PrepareAsync(progress, cancellationToken);

    public Task SetTuningAsync(FeatureSpace space, string? text, CancellationToken cancellationToken) => Of(space).SetTuningAsync(text, cancellationToken);

    public ValueTask<string?> GetTuningAsync(FeatureSpace space, CancellationToken cancellationToken) => Of(space).GetTuningAsync(cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync().ConfigureAwait(false);
        foreach (SpaceIndexes indexes in _spaces.Values)
        {
            await indexes.DisposeAsync().ConfigureAwait(false);
        }
    }

    private SpaceIndexes Of(FeatureSpace space)
    {
        SpaceIndexes indexes = _spaces.GetOrAdd(space, _ => new SpaceIndexes(store, space, provider, options, logger, clock, _closing.Token));

        // Looked at after the indexes were entered: closing looks for them after this was set.
        ObjectDisposedException.ThrowIf(_closing.IsCancellationRequested, typeof(Gallery));
        return indexes;
    }
}
