using ArtSimilarity.Indexing;
using ArtSimilarity.Metrics;
using ArtSimilarity.Searching;

namespace ArtSimilarity.Galleries.Indexes;

/// <summary>
/// An index in step with the store: what a provider built, and beside it the signatures written since and the ids removed since. Where
/// nothing was built, all signatures are held here and compared exactly.
/// </summary>
/// <remarks>
/// One thread applies changes; searches never wait for it. It is closed when its maker, the gallery and the last search have let go of
/// it.
/// </remarks>
internal sealed class LiveIndex
{
    /// <summary>Farther away than anything.</summary>
    private static readonly Neighbor Nothing = new(int.MaxValue, float.PositiveInfinity);

    private readonly IVectorIndex? _built;
    private readonly FlatIndex _added;
    private readonly SignCodeScan? _codes;
    private readonly int _lastBuiltId;
    private readonly ScratchPool<Merging> _merging = new(static () => new Merging());
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private IdSet? _removed;
    private int _holders = 1;
    private int _changes;
    private object _version; // boxed, so that both numbers of it are read at once

    private LiveIndex(IVectorIndex? built, FlatIndex added, SpaceVersion version, int lastId)
    {
        _built = built;
        _added = added;
        _codes = built is null ? null : SignCodeScan.TryCreate(added);
        _lastBuiltId = built is null ? -1 : lastId;
        _version = version;
        LastId = lastId;
    }

    /// <summary>The approximate index, or whatever the provider built; <see langword="null"/> where all signatures are compared.</summary>
    public IVectorIndex? Built => _built;

    /// <summary>Ends when the last holder has let go and the index is closed.</summary>
    public Task Closed => _closed.Task;

    /// <summary>The highest id ever added.</summary>
    public int LastId { get; private set; }

    /// <summary>Signatures written and removed since the build.</summary>
    public int Changes => Volatile.Read(ref _changes);

    /// <summary>At least the number of signatures that can be found.</summary>
    public int MaxCount => (_built?.Count ?? 0) + _added.Count;

    /// <summary>The state of the space that the index reflects, and possibly some later changes.</summary>
    public SpaceVersion Version => (SpaceVersion)Volatile.Read(ref _version);

    /// <summary>All signatures of a space, which it takes over, compared exactly.</summary>
    /// <param name="vectors">The signatures, in ascending order of their ids.</param>
    /// <param name="metric">The metric.</param>
    /// <param name="version">The state of the space that they are of.</param>
    public static LiveIndex Exact(VectorSet vectors, ISimilarityMetric metric, SpaceVersion version) =>
        new(built: null, new FlatIndex(vectors, metric), version, vectors.Count == 0 ? -1 : vectors.Ids[^1]);

    /// <summary>An index that a provider built or opened.</summary>
    /// <param name="built">The index, which it takes over.</param>
    /// <param name="version">A state of the space that it reflects, whatever later changes it reflects too.</param>
    /// <param name="lastId">The highest id it was built over.</param>
    public static LiveIndex Over(IVectorIndex built, SpaceVersion version, int lastId) =>
        new(built, new FlatIndex(built.Dimensions, built.Metric), version, lastId);

    /// <summary>Whether an answer of this quality is exact.</summary>
    public bool IsExact(double? quality) =>
        _built is null || _built.Accuracy == VectorIndexAccuracy.Exact || (quality == 1 && _built.Accuracy == VectorIndexAccuracy.Adjustable);

    /// <summary>Whether the index can be searched by a demanded quality; an exact one satisfies any.</summary>
    public bool CanReach(double? quality) => quality is null || _built is not { Accuracy: VectorIndexAccuracy.Fixed };

    /// <summary>Finds the signatures nearest to a query.</summary>
    /// <param name="query">The query.</param>
    /// <param name="k">How many to find.</param>
    /// <param name="allowed">The ids that may be returned; <see langword="null"/> allows all.</param>
    /// <param name="quality">The quality demanded; <see langword="null"/> leaves it to the index.</param>
    /// <param name="cancellationToken">Cancels the search.</param>
    public async ValueTask<ArraySegment<Neighbor>> SearchAsync(
        ReadOnlyMemory<float> query, int k, IdSet? allowed, double? quality, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var results = new Neighbor[Math.Min(k, MaxCount)];
        int found;
        if (_built is null)
        {
            found = _added.Search(query.Span, results, new VectorSearchOptions { Allowed = allowed }, cancellationToken);
        }
        else
        {
            // The removed ones first: what took the place of one of them is then among the added ones.
            VectorSearchOptions options = new() { Allowed = allowed, Excluded = Volatile.Read(ref _removed), Quality = quality };
            found = await _built.SearchAsync(query, results, options, cancellationToken).ConfigureAwait(false);
            found = SearchAdded(query.Span, results, found, allowed, IsExact(quality), cancellationToken);
        }

        return new ArraySegment<Neighbor>(results, 0, found);
    }

    /// <summary>
    /// The distances of all that a filter allows, at their best and in no certain order. What was added after the room for the
    /// results was measured may be missing.
    /// </summary>
    /// <returns>How many were written.</returns>
    public async ValueTask<int> CompareAsync(ReadOnlyMemory<float> query, Memory<Neighbor> results, IdSet? allowed, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        int found = 0;
        if (_built is not null)
        {
            // It returns fewer than there is room for only when fewer may be returned.
            double? quality = _built.Accuracy == VectorIndexAccuracy.Adjustable ? 1 : null;
            VectorSearchOptions options = new() { Allowed = allowed, Excluded = Volatile.Read(ref _removed), Quality = quality };
            found = await _built.SearchAsync(query, results, options, cancellationToken).ConfigureAwait(false);
        }

        return found + _added.Compare(query.Span, results.Span[found..], allowed, cancellationToken);
    }

    /// <summary>The signatures that a build can share with an exact index, so that they need not be in memory twice.</summary>
    public VectorSet ShareVectors() => _added.Snapshot();

    /// <summary>Brings the index in step with the store. One thread at a time.</summary>
    public void Apply(SignatureChanges changes)
    {
        int changed = Changes;
        VectorSet added = changes.Added;
        for (int first = 0; first < added.Count; first += added.RowsPerBlock)
        {
            int rows = Math.Min(added.RowsPerBlock, added.Count - first);
            _added.Add(added.Ids.Slice(first, rows), added.RowsOfBlock(first / added.RowsPerBlock, rows));
            LastId = added.Ids[first + rows - 1];
            changed += rows;
        }

        if (changes.Removed.Count > 0)
        {
            IdSet? removed = null;
            foreach (int id in changes.Removed)
            {
                if (id <= _lastBuiltId)
                {
                    removed ??= _removed?.Copy() ?? new IdSet(_lastBuiltId + 1);
                    changed += removed.Add(id) ? 1 : 0;
                }
            }

            changed += _added.Remove([.. changes.Removed]);
            if (removed is not null)
            {
                Volatile.Write(ref _removed, removed.Freeze());
            }
        }

        _codes?.Refresh();
        Volatile.Write(ref _changes, changed);
        Volatile.Write(ref _version, changes.Version);
    }

    public bool TryHold()
    {
        int holders = Volatile.Read(ref _holders);
        while (holders > 0)
        {
            int seen = Interlocked.CompareExchange(ref _holders, holders + 1, holders);
            if (seen == holders)
            {
                return true;
            }

            holders = seen;
        }

        return false;
    }

    public void Release()
    {
        if (Interlocked.Decrement(ref _holders) == 0)
        {
            _ = CloseAsync();
        }
    }

    /// <summary>Puts the nearest of the added signatures among the neighbours found in what was built.</summary>
    /// <returns>How many neighbours there are then.</returns>
    private int SearchAdded(ReadOnlySpan<float> query, Span<Neighbor> results, int found, IdSet? allowed, bool exactly, CancellationToken cancellationToken)
    {
        int most = Math.Min(results.Length, _added.Count);
        if (most == 0)
        {
            return found;
        }

        Merging merging = _merging.Rent();
        try
        {
            Span<Neighbor> added = merging.Added(most);
            Neighbor farthest = found == results.Length ? results[^1] : Nothing;
            int count = exactly || _codes is null
                ? _added.Search(query, added, new VectorSearchOptions { Allowed = allowed }, cancellationToken)
                : _codes.Search(query, added, farthest, allowed, cancellationToken);
            return Merge(results, found, added[..count]);
        }
        finally
        {
            _merging.Return(merging);
        }
    }

    /// <summary>Merges two ascending lists: the first lies in the place of the result already, which keeps as many as there is room for.</summary>
    private static int Merge(Span<Neighbor> results, int found, ReadOnlySpan<Neighbor> added)
    {
        // How many of each are among the nearest.
        int total = Math.Min(results.Length, found + added.Length), built = 0, taken = 0;
        while (built + taken < total)
        {
            if (taken == added.Length || (built < found && results[built] < added[taken]))
            {
                built++;
            }
            else
            {
                taken++;
            }
        }

        for (int place = total - 1; taken > 0; place--)
        {
            results[place] = built > 0 && results[built - 1] > added[taken - 1] ? results[--built] : added[--taken];
        }

        return total;
    }

    private async Task CloseAsync()
    {
        try
        {
            if (_built is not null)
            {
                await _built.DisposeAsync().ConfigureAwait(false);
            }

            _closed.SetResult();
        }
        catch (Exception e)
        {
            _closed.SetException(e); // for whoever closes the gallery
        }
    }

    /// <summary>Room for the added neighbours of one search, kept for the next one.</summary>
    private sealed class Merging
    {
        private Neighbor[] _added = [];

        public Span<Neighbor> Added(int count)
        {
            if (_added.Length < count)
            {
                _added = new Neighbor[Math.Max(count, 2 * _added.Length)];
            }

            return _added.AsSpan(0, count);
        }
    }
}
