using ArtSimilarity.Features;

namespace ArtSimilarity.Galleries.Adding;

/// <summary>
/// The works that one run has written. After each commit it looks whether the gallery's history still leads from the commit before. It does not
/// when the gallery was put back to an earlier state meanwhile, or another one took its place: then works that were written are gone.
/// </summary>
internal sealed class WrittenWorks(IGalleryStore store, IReadOnlyList<FeatureSpace> spaces)
{
    /// <summary>How many works are looked up at once.</summary>
    private const int BlockSize = 1000;

    /// <summary>How many works a message names.</summary>
    private const int Named = 10;

    private readonly SpaceVersion[] _versions = new SpaceVersion[spaces.Count];
    private readonly List<string> _keys = [];
    private bool _isPutBack;

    /// <summary>Notes the state in which the run finds the gallery.</summary>
    public async ValueTask BeginAsync(CancellationToken cancellationToken)
    {
        IReadOnlyList<FeatureSpaceSummary> held = await store.GetFeatureSpacesAsync(cancellationToken).ConfigureAwait(false);
        for (int i = 0; i < spaces.Count; i++)
        {
            _versions[i] = held.FirstOrDefault(summary => summary.Space == spaces[i])?.Version ?? default;
        }
    }

    /// <summary>Notes what was committed just now.</summary>
    /// <exception cref="GalleryStoreException">The gallery was put back, or replaced, since the commit before.</exception>
    public async ValueTask NoteAsync(IReadOnlyList<GalleryEntry> entries, CancellationToken cancellationToken)
    {
        _keys.AddRange(entries.Select(entry => entry.Painting.Key));
        for (int i = 0; i < spaces.Count; i++)
        {
            // A commit with signatures makes a new generation: without one, the gallery was put back after it.
            bool mustGrow = entries.Any(entry => entry.Signatures.Any(signature => signature.Space == spaces[i]));
            await CheckAsync(i, mustGrow, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Looks once more, when the last work is written.</summary>
    /// <exception cref="GalleryStoreException">The gallery was put back, moved or replaced.</exception>
    public async ValueTask EndAsync(CancellationToken cancellationToken)
    {
        if (_keys.Count == 0)
        {
            return;
        }

        // A store that writes looks at its file more closely than one that reads.
        await store.WriteAsync([], cancellationToken).ConfigureAwait(false);
        for (int i = 0; i < spaces.Count; i++)
        {
            await CheckAsync(i, mustGrow: false, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>What to say when the store has noticed by itself that its file was moved or replaced: all that this run wrote went with it.</summary>
    public GalleryStoreException Explain(GalleryStoreException cause) => _keys.Count == 0 || _isPutBack
        ? cause
        : new GalleryStoreException($"{cause.Message} {Counted(_keys.Count)} of this run had been written before, to the file that lay there then: {First(_keys)}. Add them again to the gallery that is to have them.", cause)
        {
            IsReplaced = true,
            LostKeys = _keys,
        };

    private async ValueTask CheckAsync(int space, bool mustGrow, CancellationToken cancellationToken)
    {
        SpaceVersion former = _versions[space];
        WorkChanges? changes = await store.ReadWorkChangesAsync(spaces[space], former, int.MaxValue, cancellationToken).ConfigureAwait(false);
        if (changes is null || (mustGrow && changes.Version.Generation <= former.Generation))
        {
            throw await PutBackAsync(cancellationToken).ConfigureAwait(false);
        }

        _versions[space] = changes.Version;
    }

    private async ValueTask<GalleryStoreException> PutBackAsync(CancellationToken cancellationToken)
    {
        _isPutBack = true;
        List<string> lost = [];
        foreach (string[] keys in _keys.Chunk(BlockSize))
        {
            IReadOnlyDictionary<string, StoredWork> found = await store.FindAsync(keys, cancellationToken).ConfigureAwait(false);
            lost.AddRange(keys.Where(key => !found.ContainsKey(key)));
        }

        string which = lost.Count == 0
            ? "What this run has written is in it, but other works may be gone."
            : $"{Counted(lost.Count)} that this run has written, of {_keys.Count}, {(lost.Count == 1 ? "is" : "are")} not in it any more: {First(lost)}.";
        return new GalleryStoreException($"The gallery was replaced, or put back to an earlier state, while works were added to it. {which} Add them again.")
        {
            IsReplaced = true,
            LostKeys = lost,
        };
    }

    private static string Counted(int count) => count == 1 ? "1 work" : $"{count} works";

    private static string First(List<string> keys) =>
        string.Join(", ", keys.Take(Named)) + (keys.Count > Named ? $" and {keys.Count - Named} more" : "");
}
