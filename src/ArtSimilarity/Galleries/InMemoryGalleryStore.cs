using System.Runtime.CompilerServices;
using ArtSimilarity.Features;
using ArtSimilarity.Imaging;
using ArtSimilarity.Indexing;

namespace ArtSimilarity.Galleries;

/// <summary>A gallery that lives in memory and ends with the process: for tests and short-lived galleries.</summary>
/// <remarks>Safe to call from several threads at once; each call holds one lock while it runs, on the calling thread.</remarks>
public sealed class InMemoryGalleryStore : IGalleryStore, IDisposable
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Work> _works = new(StringComparer.Ordinal);
    private readonly List<Space> _spaces = [];
    private readonly Dictionary<FeatureSpace, Space> _spacesByName = [];
    private readonly Dictionary<string, string> _properties = new(StringComparer.Ordinal);
    private long _nextWork;
    private bool _disposed;

    /// <inheritdoc/>
    public Guid Identity { get; } = Guid.NewGuid();

    /// <summary>Always <see langword="null"/>: nothing is kept on disk.</summary>
    public string? DerivedFilesDirectory => null;

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<FeatureSpaceSummary>> GetFeatureSpacesAsync(CancellationToken cancellationToken = default)
    {
        using Lock.Scope _ = Enter(cancellationToken);
        return new(_spaces.ConvertAll(space => new FeatureSpaceSummary(space.Name, space.Signatures.Count, space.Version)));
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">
    /// A key appears twice, an entry has two signatures in one space and of one region, or a text has a null character or half a surrogate pair.
    /// </exception>
    public ValueTask WriteAsync(IReadOnlyList<GalleryEntry> entries, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(entries);

        // A copy, for a list that fails half-way through must not leave half a commit.
        entries = [.. entries];
        EntryValidation.ThrowIfUnusable(entries, nameof(entries));
        using Lock.Scope _ = Enter(cancellationToken);
        ThrowIfRekeyedToATakenKey(entries);
        var changed = new Dictionary<Space, List<int>>();
        foreach (GalleryEntry entry in entries)
        {
            Rekey(entry);

            // The caller's lists and arrays may change later; what is stored must not.
            Painting painting = entry.Painting with { Artists = [.. entry.Painting.Artists], Tags = [.. entry.Painting.Tags] };
            bool stored = _works.TryGetValue(painting.Key, out Work? work);
            if (entry.ContentHash is null)
            {
                if (stored)
                {
                    work!.Painting = painting;
                }

                continue;
            }

            if (!stored)
            {
                work = new Work(_nextWork++, painting, entry.ContentHash);
                _works.Add(painting.Key, work);
            }
            else if (work!.ContentHash != entry.ContentHash)
            {
                RemoveSignatures(work, changed);
            }

            work!.Painting = painting;
            work.ContentHash = entry.ContentHash;
            foreach (IGrouping<FeatureSpace, Signature> ofSpace in entry.Signatures.GroupBy(signature => signature.Space))
            {
                Space space = GetOrAdd(ofSpace.Key);
                List<int> removed = Note(changed, space);
                foreach (int former in work.SignatureIds.GetValueOrDefault(space) ?? [])
                {
                    space.Signatures.Remove(former);
                    removed.Add(former);
                }

                List<int> ids = [];
                foreach (Signature signature in ofSpace)
                {
                    int id = space.NextId++;
                    space.Signatures.Add(id, (work, signature.Vector.ToArray(), signature.Region));
                    ids.Add(id);
                }

                work.SignatureIds[space] = ids;
            }
        }

        Advance(changed);
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask<int> RemoveAsync(IReadOnlyCollection<string> keys, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(keys);
        using Lock.Scope _ = Enter(cancellationToken);
        var changed = new Dictionary<Space, List<int>>();
        int removed = 0;
        foreach (string key in keys)
        {
            if (_works.Remove(key, out Work? work))
            {
                RemoveSignatures(work, changed);
                removed++;
            }
        }

        Advance(changed);
        return new(removed);
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyDictionary<string, StoredWork>> FindAsync(IReadOnlyCollection<string> keys, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(keys);
        using Lock.Scope _ = Enter(cancellationToken);
        var found = new Dictionary<string, StoredWork>(StringComparer.Ordinal);
        foreach (string key in keys)
        {
            if (_works.TryGetValue(key, out Work? work))
            {
                found[key] = Describe(work);
            }
        }

        return new(found);
    }

    /// <inheritdoc/>
    public ValueTask<int> CountAsync(PaintingFilter filter, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(filter);
        using Lock.Scope _ = Enter(cancellationToken);
        return new(_works.Values.Count(work => filter.Matches(work.Painting)));
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<StoredWork> ListAsync(PaintingFilter filter, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(filter);
        return ListInOrderAsync(filter, cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<IdSet> SelectAsync(FeatureSpace space, PaintingFilter filter, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(space);
        ArgumentNullException.ThrowIfNull(filter);
        using Lock.Scope _ = Enter(cancellationToken);
        if (!_spacesByName.TryGetValue(space, out Space? stored))
        {
            return new(new IdSet());
        }

        var selected = new IdSet(stored.NextId);
        foreach ((int id, (Work work, float[] _, ImageRegion? _)) in stored.Signatures)
        {
            if (filter.Matches(work.Painting))
            {
                selected.Add(id);
            }
        }

        return new(selected);
    }

    /// <inheritdoc/>
    public ValueTask<VectorSet> ReadSignaturesAsync(FeatureSpace space, int afterId = -1, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(space);
        using Lock.Scope _ = Enter(cancellationToken);
        var vectors = new VectorSet(space.Dimensions);
        if (_spacesByName.TryGetValue(space, out Space? stored))
        {
            foreach ((int id, (Work _, float[] vector, ImageRegion? _)) in stored.Signatures)
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (id > afterId)
                {
                    vectors.Add([id], vector);
                }
            }
        }

        return new(vectors);
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<VectorSet> ReadSignatureBlocksAsync(FeatureSpace space, int blockSize = 4096, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(space);
        ArgumentOutOfRangeException.ThrowIfLessThan(blockSize, 1);
        return ReadBlocks(space, blockSize).ToAsyncEnumerable();

        IEnumerable<VectorSet> ReadBlocks(FeatureSpace space, int blockSize)
        {
            int[] ids;
            using (Enter(cancellationToken))
            {
                ids = _spacesByName.TryGetValue(space, out Space? stored) ? [.. stored.Signatures.Keys] : [];
            }

            foreach (int[] block in ids.Chunk(blockSize))
            {
                var vectors = new VectorSet(space.Dimensions);
                using (Enter(cancellationToken))
                {
                    foreach (int id in block)
                    {
                        if (_spacesByName[space].Signatures.TryGetValue(id, out (Work, float[] Vector, ImageRegion?) signature))
                        {
                            vectors.Add([id], signature.Vector);
                        }
                    }
                }

                if (vectors.Count > 0)
                {
                    yield return vectors;
                }
            }
        }
    }

    /// <inheritdoc/>
    public ValueTask<SignatureChanges?> ReadChangesAsync(FeatureSpace space, SpaceVersion since, int afterId, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(space);
        using Lock.Scope _ = Enter(cancellationToken);
        var added = new VectorSet(space.Dimensions);
        if (!_spacesByName.TryGetValue(space, out Space? stored))
        {
            return new(since == default ? new SignatureChanges(default, [], added) : null);
        }

        if (stored.RemovedSince(since) is not int[] removed)
        {
            return new((SignatureChanges?)null);
        }

        foreach ((int id, (Work _, float[] vector, ImageRegion? _)) in stored.SignaturesAfter(afterId))
        {
            cancellationToken.ThrowIfCancellationRequested();
            added.Add([id], vector);
        }

        return new(new SignatureChanges(stored.Version, removed, added));
    }

    /// <inheritdoc/>
    public ValueTask<WorkChanges?> ReadWorkChangesAsync(FeatureSpace space, SpaceVersion since, int afterId, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(space);
        using Lock.Scope _ = Enter(cancellationToken);
        if (!_spacesByName.TryGetValue(space, out Space? stored))
        {
            return new(since == default ? new WorkChanges(default, [], [], []) : null);
        }

        if (stored.RemovedSince(since) is not int[] removed)
        {
            return new((WorkChanges?)null);
        }

        List<int> ids = [];
        List<long> works = [];
        foreach ((int id, (Work work, float[] _, ImageRegion? _)) in stored.SignaturesAfter(afterId))
        {
            cancellationToken.ThrowIfCancellationRequested();
            ids.Add(id);
            works.Add(work.Number);
        }

        return new(new WorkChanges(stored.Version, removed, ids, works));
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<StoredWork>> FindByImageAsync(
        IReadOnlyCollection<string> contentHashes, IReadOnlyCollection<string> imageUris, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(contentHashes);
        ArgumentNullException.ThrowIfNull(imageUris);
        HashSet<string> hashes = new(contentHashes, StringComparer.Ordinal), uris = new(imageUris, StringComparer.Ordinal);
        using Lock.Scope _ = Enter(cancellationToken);
        return new(
        [
            .. _works.Values
                .Where(work => hashes.Contains(work.ContentHash) || (work.Painting.ImageUri is string uri && uris.Contains(uri)))
                .OrderBy(work => work.Painting.Key, StringComparer.Ordinal)
                .Select(Describe),
        ]);
    }

    /// <inheritdoc/>
    public ValueTask<(int Id, float[] Vector)?> GetSignatureAsync(FeatureSpace space, string key, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(space);
        ArgumentNullException.ThrowIfNull(key);
        using Lock.Scope _ = Enter(cancellationToken);
        if (_spacesByName.TryGetValue(space, out Space? stored) && _works.TryGetValue(key, out Work? work)
            && work.SignatureIds.TryGetValue(stored, out List<int>? ids))
        {
            foreach (int id in ids)
            {
                if (stored.Signatures[id] is (_, float[] vector, null))
                {
                    return new((id, [.. vector]));
                }
            }
        }

        return new((ValueTuple<int, float[]>?)null);
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<Painting?>> GetPaintingsAsync(FeatureSpace space, IReadOnlyList<int> ids, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(space);
        ArgumentNullException.ThrowIfNull(ids);
        using Lock.Scope _ = Enter(cancellationToken);
        var paintings = new Painting?[ids.Count];
        if (_spacesByName.TryGetValue(space, out Space? stored))
        {
            for (int i = 0; i < paintings.Length; i++)
            {
                paintings[i] = stored.Signatures.TryGetValue(ids[i], out (Work Work, float[] Vector, ImageRegion?) signature) ? signature.Work.Painting : null;
            }
        }

        return new(paintings);
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<Signature>> GetAllSignaturesAsync(FeatureSpace space, string key, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(space);
        ArgumentNullException.ThrowIfNull(key);
        using Lock.Scope _ = Enter(cancellationToken);
        return new(_works.TryGetValue(key, out Work? work) && _spacesByName.TryGetValue(space, out Space? stored) && work.SignatureIds.TryGetValue(stored, out List<int>? ids)
            ? [.. ids.Select(id => new Signature(space, (float[])stored.Signatures[id].Vector.Clone()) { Region = stored.Signatures[id].Region })]
            : []);
    }

    /// <inheritdoc/>
    public ValueTask<string?> GetPropertyAsync(string name, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(name);
        using Lock.Scope _ = Enter(cancellationToken);
        return new(_properties.GetValueOrDefault(name));
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">A text has a null character or half a surrogate pair.</exception>
    public ValueTask SetPropertyAsync(string name, string? value, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(name);
        EntryValidation.ThrowIfNotStorable(name, "The property's name", nameof(name));
        EntryValidation.ThrowIfNotStorable(value ?? "", $"The value of the property '{name}'", nameof(value));
        using Lock.Scope _ = Enter(cancellationToken);
        if (value is null)
        {
            _properties.Remove(name);
        }
        else
        {
            _properties[name] = value;
        }

        return ValueTask.CompletedTask;
    }

    /// <summary>Forgets everything; every later call throws <see cref="ObjectDisposedException"/>.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            _disposed = true;
            _works.Clear();
            _spaces.Clear();
            _spacesByName.Clear();
            _properties.Clear();
        }
    }

    /// <inheritdoc cref="Dispose"/>
    /// <returns>A completed task.</returns>
    public ValueTask DisposeAsync()
    {
        Dispose();
        return ValueTask.CompletedTask;
    }

    private async IAsyncEnumerable<StoredWork> ListInOrderAsync(PaintingFilter filter, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        StoredWork[] works;
        using (Enter(cancellationToken))
        {
            works = [.. _works.Values.Where(work => filter.Matches(work.Painting))
                .Select(Describe)];
        }

        Array.Sort(works, (x, y) => CompareCodePoints(x.Painting.Key, y.Painting.Key));
        foreach (StoredWork work in works)
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return work;
        }

        await Task.CompletedTask.ConfigureAwait(false); // an iterator must await something
    }

    /// <summary>The order of UTF-8's bytes. UTF-16's differs: half of a pair is below U+E000, and what the pair stands for above.</summary>
    private static int CompareCodePoints(string x, string y)
    {
        int same = x.AsSpan().CommonPrefixLength(y);
        return same == x.Length || same == y.Length || char.IsSurrogate(x[same]) == char.IsSurrogate(y[same])
            ? string.CompareOrdinal(x, y)
            : char.IsSurrogate(x[same]) ? 1 : -1;
    }

    private static void RemoveSignatures(Work work, Dictionary<Space, List<int>> changed)
    {
        foreach ((Space space, List<int> ids) in work.SignatureIds)
        {
            ids.ForEach(id => space.Signatures.Remove(id));
            Note(changed, space).AddRange(ids);
        }

        work.SignatureIds.Clear();
    }

    /// <summary>The ids removed from a space by this commit, which changes it.</summary>
    private static List<int> Note(Dictionary<Space, List<int>> changed, Space space)
    {
        if (!changed.TryGetValue(space, out List<int>? removed))
        {
            changed.Add(space, removed = []);
        }

        return removed;
    }

    private static void Advance(Dictionary<Space, List<int>> changed)
    {
        foreach ((Space space, List<int> removed) in changed)
        {
            space.Advance(removed);
        }
    }

    private StoredWork Describe(Work work) =>
        new(work.Painting, work.ContentHash, [.. _spaces.Where(work.SignatureIds.ContainsKey).Select(space => space.Name)]);

    /// <exception cref="ArgumentException">A work is to be renamed to the key of another.</exception>
    private void ThrowIfRekeyedToATakenKey(IReadOnlyList<GalleryEntry> entries)
    {
        foreach (GalleryEntry entry in entries)
        {
            if (entry.FormerKey is string former && _works.ContainsKey(former) && _works.ContainsKey(entry.Painting.Key))
            {
                throw EntryValidation.KeyIsTaken(entry, nameof(entries));
            }
        }
    }

    private void Rekey(GalleryEntry entry)
    {
        if (entry.FormerKey is string former && _works.Remove(former, out Work? work))
        {
            work.Painting = work.Painting.WithKey(entry.Painting.Key);
            _works.Add(entry.Painting.Key, work);
        }
    }

    private Lock.Scope Enter(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Lock.Scope scope = _lock.EnterScope();
        if (_disposed)
        {
            scope.Dispose();
            throw new ObjectDisposedException(nameof(InMemoryGalleryStore));
        }

        return scope;
    }

    private Space GetOrAdd(FeatureSpace name)
    {
        if (!_spacesByName.TryGetValue(name, out Space? space))
        {
            space = new Space(name);
            _spacesByName.Add(name, space);
            _spaces.Add(space);
        }

        return space;
    }

    private sealed class Work(long number, Painting painting, string contentHash)
    {
        /// <summary>Never given to another work.</summary>
        public long Number => number;

        public Painting Painting { get; set; } = painting;

        public string ContentHash { get; set; } = contentHash;

        public Dictionary<Space, List<int>> SignatureIds { get; } = [];
    }

    private sealed class Space(FeatureSpace name)
    {
        public FeatureSpace Name { get; } = name;

        /// <summary>The commits that changed the space, the first one's generation being 1: a token, and the ids removed.</summary>
        private readonly List<(long Token, int[] Removed)> _history = [];

        public SpaceVersion Version => VersionAt(_history.Count);

        /// <summary>The ids removed since a former state; <see langword="null"/> when that is none of this history.</summary>
        public int[]? RemovedSince(SpaceVersion since) =>
            since.Generation >= 0 && since.Generation <= _history.Count && since == VersionAt((int)since.Generation)
                ? [.. _history.Skip((int)since.Generation).SelectMany(change => change.Removed)]
                : null;

        /// <summary>Ids ascend, so those after the last one seen are at the end.</summary>
        public IEnumerable<KeyValuePair<int, (Work Work, float[] Vector, ImageRegion? Region)>> SignaturesAfter(int id) =>
            Signatures.Reverse().TakeWhile(signature => signature.Key > id).Reverse();

        public void Advance(List<int> removed) => _history.Add((Random.Shared.NextInt64(), [.. removed]));

        private SpaceVersion VersionAt(int generation) => generation == 0 ? default : new SpaceVersion(generation, _history[generation - 1].Token);

        public int NextId { get; set; }

        /// <summary>By id, ascending, which is the order they are read in.</summary>
        public SortedDictionary<int, (Work Work, float[] Vector, ImageRegion? Region)> Signatures { get; } = [];
    }
}
