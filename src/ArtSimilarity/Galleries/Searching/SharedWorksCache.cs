using System.Collections.Concurrent;
using ArtSimilarity.Features;

namespace ArtSimilarity.Galleries.Searching;

/// <summary>The works shared by the spaces that are searched together; what changed since is read once something was written or removed in one of them.</summary>
internal sealed class SharedWorksCache(IGalleryStore store)
{
    private readonly ConcurrentDictionary<string, Slot> _slots = new(StringComparer.Ordinal);

    /// <summary>The works as they were when the summaries were read, or later.</summary>
    /// <param name="summaries">What the store holds of the spaces searched.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public async ValueTask<SharedWorks> GetAsync(IReadOnlyList<FeatureSpaceSummary> summaries, CancellationToken cancellationToken)
    {
        Slot slot = _slots.GetOrAdd(string.Join('\n', summaries.Select(summary => summary.Space)), _ => new Slot());
        if (slot.Works is { } works && works.Reflects(summaries))
        {
            return works;
        }

        // Searches that come at the same time wait for one of them to read.
        await slot.Reading.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (slot.Works is not { } read || !read.Reflects(summaries))
            {
                read = await ReadAsync(slot, summaries, cancellationToken).ConfigureAwait(false);
                slot.Works = read;
            }

            return read;
        }
        finally
        {
            slot.Reading.Release();
        }
    }

    /// <remarks>
    /// The spaces are read one after the other. A commit between two of them may join signatures of two states of a work; the indexes
    /// are then asked for a signature that is gone, and the search begins again.
    /// </remarks>
    private async ValueTask<SharedWorks> ReadAsync(Slot slot, IReadOnlyList<FeatureSpaceSummary> summaries, CancellationToken cancellationToken)
    {
        while (true)
        {
            SharedWorksTracker tracker = slot.Tracker ?? new SharedWorksTracker(summaries.Count);
            var changes = new List<WorkChanges>(summaries.Count);
            foreach (FeatureSpace space in summaries.Select(summary => summary.Space))
            {
                int number = changes.Count;
                if (await store.ReadWorkChangesAsync(space, tracker.VersionOf(number), tracker.LastIdOf(number), cancellationToken).ConfigureAwait(false) is not { } changed)
                {
                    break;
                }

                changes.Add(changed);
            }

            if (changes.Count == summaries.Count)
            {
                slot.Tracker = tracker;
                return tracker.Apply(changes);
            }

            // Another history: the gallery was put back to an earlier state.
            slot.Tracker = slot.Tracker is null
                ? throw new GalleryStoreException("The store denies that its history began empty.")
                : null;
        }
    }

    private sealed class Slot
    {
        private SharedWorks? _works;

        /// <summary>Never disposed of: it holds nothing here.</summary>
        public SemaphoreSlim Reading { get; } = new(1, 1);

        /// <summary>Used by the one that reads.</summary>
        public SharedWorksTracker? Tracker { get; set; }

        public SharedWorks? Works
        {
            get => Volatile.Read(ref _works);
            set => Volatile.Write(ref _works, value);
        }
    }
}
