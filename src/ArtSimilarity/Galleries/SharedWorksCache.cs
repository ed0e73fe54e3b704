using System.Collections.Concurrent;
using ArtSimilarity.Features;

namespace ArtSimilarity.Galleries;

/// <summary>The works shared by the spaces that are searched together; read again once something was written or removed in one of them.</summary>
internal sealed class SharedWorksCache(IGalleryStore store)
{
    private readonly ConcurrentDictionary<string, Slot> _slots = new(StringComparer.Ordinal);

    /// <summary>The works as they are now, or later.</summary>
    public async ValueTask<SharedWorks> GetAsync(IReadOnlyList<FeatureSpace> spaces, CancellationToken cancellationToken)
    {
        Slot slot = _slots.GetOrAdd(string.Join('\n', spaces), _ => new Slot());
        if (slot.Works is { } works && works.Reflects(await ReadSummariesAsync(spaces, cancellationToken).ConfigureAwait(false)))
        {
            return works;
        }

        // Searches that come at the same time wait for one of them to read.
        await slot.Reading.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            FeatureSpaceSummary[] summaries = await ReadSummariesAsync(spaces, cancellationToken).ConfigureAwait(false);
            if (slot.Works is not { } read || !read.Reflects(summaries))
            {
                // What is written between the two reads is in the next generation, and read again by the next search.
                read = new SharedWorks(await store.SelectInAllAsync(spaces, cancellationToken).ConfigureAwait(false), summaries);
                slot.Works = read;
            }

            return read;
        }
        finally
        {
            slot.Reading.Release();
        }
    }

    private async ValueTask<FeatureSpaceSummary[]> ReadSummariesAsync(IReadOnlyList<FeatureSpace> spaces, CancellationToken cancellationToken)
    {
        IReadOnlyList<FeatureSpaceSummary> held = await store.GetFeatureSpacesAsync(cancellationToken).ConfigureAwait(false);
        return [.. spaces.Select(space => held.FirstOrDefault(summary => summary.Space == space) ?? new FeatureSpaceSummary(space, 0, default))];
    }

    private sealed class Slot
    {
        private SharedWorks? _works;

        /// <summary>Never disposed of: it holds nothing here.</summary>
        public SemaphoreSlim Reading { get; } = new(1, 1);

        public SharedWorks? Works
        {
            get => Volatile.Read(ref _works);
            set => Volatile.Write(ref _works, value);
        }
    }
}
