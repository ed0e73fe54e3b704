using System.Collections.Concurrent;
using ArtSimilarity.Features;
using ArtSimilarity.Indexing;
using Microsoft.Extensions.Logging;

namespace ArtSimilarity.Galleries.Indexes;

/// <summary>The indexes of a gallery, by feature space; each is opened when it is first needed, and all are closed together.</summary>
internal sealed class GalleryIndexes(
    IGalleryStore store, IVectorIndexProvider? provider, GalleryOptions options, ILogger logger, GalleryTelemetry telemetry, TimeProvider clock) : IAsyncDisposable
{
    private readonly ConcurrentDictionary<FeatureSpace, SpaceIndex> _spaces = new();
    private readonly CancellationTokenSource _closing = new();

    /// <exception cref="ObjectDisposedException">The gallery is closed.</exception>
    public SpaceIndex Of(FeatureSpace space)
    {
        SpaceIndex index = _spaces.GetOrAdd(space, _ => new SpaceIndex(store, space, provider, options, logger, telemetry, clock, _closing.Token));

        // Looked at after the index was entered: closing looks for it after this was set.
        ObjectDisposedException.ThrowIf(_closing.IsCancellationRequested, typeof(Gallery));
        return index;
    }

    /// <summary>How many signatures each built index lacks or has too many.</summary>
    public IEnumerable<(FeatureSpace Space, string Index, int Count)> Pending()
    {
        foreach ((FeatureSpace space, SpaceIndex index) in _spaces)
        {
            if (index.Pending is (string name, int count))
            {
                yield return (space, name, count);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        GalleryTelemetry.StopObserving(this);
        await _closing.CancelAsync().ConfigureAwait(false);
        foreach (SpaceIndex index in _spaces.Values)
        {
            await index.DisposeAsync().ConfigureAwait(false);
        }
    }
}
