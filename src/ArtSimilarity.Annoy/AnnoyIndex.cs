using ArtSimilarity.Annoy.Building;
using ArtSimilarity.Annoy.Files;
using ArtSimilarity.Annoy.Searching;
using ArtSimilarity.Annoy.Updating;
using ArtSimilarity.Indexing;
using ArtSimilarity.Metrics;

namespace ArtSimilarity.Annoy;

/// <summary>
/// A forest of angular random projection trees, after spotify/annoy: approximate nearest neighbours by angular distance. What
/// is added after the build is compared exactly with every query until the next build; what is removed is masked at once.
/// </summary>
/// <remarks>
/// Safe for any number of threads at once. A search that runs while the index is disposed still ends with its answer; later
/// ones throw <see cref="ObjectDisposedException"/>. A mapped file must not be truncated or overwritten in place while it is
/// open; replacing it by renaming another over it, as a build does, is safe on Unix. Windows refuses that while it is open.
/// </remarks>
public sealed class AnnoyIndex : ILocalVectorIndex
{
    private const int DefaultCandidates = 1000;
    private const int DefaultCandidatesPerNeighbor = 10;

    /// <summary>Added rows are copied together when more than this many exist and most of them were removed again.</summary>
    private const int SmallestCompaction = 64;

    private readonly Forest _forest;
    private readonly int? _searchCandidates;
    private readonly ScratchPool _scratches;
    private readonly Lock _changing = new();
    private readonly Dictionary<int, int> _addedRowOfId = [];
    private IndexState _state;

    private AnnoyIndex(Forest forest, AnnoyIndexOptions options)
    {
        _forest = forest;
        _searchCandidates = options.SearchCandidates;
        _scratches = new ScratchPool(forest.Stride);
        _state = new IndexState(Bits.AllSet(forest.Count), forest.Count, new AddedRows(forest.Dimensions), 0, [], 0);
    }

    /// <inheritdoc/>
    public int Count => Volatile.Read(ref _state).Count;

    /// <inheritdoc/>
    public int Dimensions => _forest.Dimensions;

    /// <summary>The angular metric.</summary>
    public ISimilarityMetric Metric => SimilarityMetrics.Angular;

    /// <summary>The number of trees.</summary>
    public int TreeCount => _forest.TreeCount;

    /// <summary>The most vectors a leaf holds.</summary>
    public int LeafSize => _forest.LeafSize;

    /// <summary>The length of the forest in bytes, as a file; what was added since the build is not in it.</summary>
    public long FileLength => _forest.FileLength;

    /// <inheritdoc/>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public int Search(ReadOnlySpan<float> query, Span<Neighbor> results, IdSet? filter = null) =>
        Search(query, results, filter, _searchCandidates ?? DefaultCandidatesFor(results.Length));

    /// <summary>Finds the vectors nearest to a query among a given number of candidates.</summary>
    /// <param name="query">A vector of <see cref="Dimensions"/> finite numbers.</param>
    /// <param name="results">Receives the neighbours, nearest first, equal distances by ascending id; its length is k.</param>
    /// <param name="filter">The ids that may be returned; <see langword="null"/> allows all.</param>
    /// <param name="searchCandidates">
    /// The number of different vectors, of those the filter allows, to compare exactly: instead of
    /// <see cref="AnnoyIndexOptions.SearchCandidates"/>. At least 1. All vectors are compared, and the answer
    /// is exact, where that costs no more: when less than some three times as many may be returned.
    /// </param>
    /// <returns>How many neighbours were written: less than <c>results.Length</c> only when fewer exist.</returns>
    /// <exception cref="ArgumentException"><paramref name="query"/> has another length or a number that is not finite.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="searchCandidates"/> is below 1.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public int Search(ReadOnlySpan<float> query, Span<Neighbor> results, IdSet? filter, int searchCandidates)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(searchCandidates, 1);
        bool held = false;
        try
        {
            Hold(ref held);
            SearchScratch scratch = _scratches.Rent();
            try
            {
                scratch.SetQuery(query, Dimensions);
                return ForestSearch.Find(_forest, Volatile.Read(ref _state), scratch, results, filter, searchCandidates);
            }
            finally
            {
                _scratches.Return(scratch);
            }
        }
        finally
        {
            Release(held);
        }
    }

    /// <inheritdoc/>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public void Add(ReadOnlySpan<int> ids, ReadOnlySpan<float> vectors)
    {
        if ((long)ids.Length * Dimensions != vectors.Length)
        {
            throw new ArgumentException($"{ids.Length} ids need {(long)ids.Length * Dimensions} numbers ({Dimensions} each), not {vectors.Length}.", nameof(vectors));
        }

        bool held = false;
        lock (_changing)
        {
            try
            {
                Hold(ref held);
                Append(ids, vectors);
            }
            finally
            {
                Release(held);
            }
        }
    }

    /// <inheritdoc/>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public int Remove(ReadOnlySpan<int> ids)
    {
        bool held = false;
        lock (_changing)
        {
            try
            {
                Hold(ref held);
                return Mask(ids);
            }
            finally
            {
                Release(held);
            }
        }
    }

    /// <summary>Ends the use of the index; its memory or file is let go when the searches that still run have ended.</summary>
    public void Dispose() => _forest.Memory.Dispose();

    internal static AnnoyIndex Build(VectorSet vectors, string? path, string stamp, AnnoyIndexOptions options, IProgress<double>? progress, CancellationToken cancellationToken)
    {
        ForestMemory memory;
        using (var rows = new Rows(vectors))
        {
            var writer = new ForestWriter(rows, ForestBuilder.Build(rows, options, cancellationToken), options, stamp);
            if (path is null)
            {
                memory = writer.ToMemory(cancellationToken);
            }
            else
            {
                memory = writer.ToFile(path, cancellationToken);
            }
        }

        AnnoyIndex index = Create(memory, path ?? "forest in memory", options, verify: false).Index;
        progress?.Report(1);
        return index;
    }

    internal static OpenedVectorIndex Open(string path, AnnoyIndexOptions options)
    {
        (AnnoyIndex index, Forest forest) = Create(MappedForestMemory.Open(path), path, options, options.VerifyOnOpen);
        var ids = new IdSet(forest.Count == 0 ? 0 : forest.Ids[^1] + 1);
        foreach (int id in forest.Ids)
        {
            ids.Add(id);
        }

        return new OpenedVectorIndex(index, forest.Stamp, ids);
    }

    internal static int DefaultCandidatesFor(int k) =>
        (int)Math.Min(DefaultCandidates + ((long)k * DefaultCandidatesPerNeighbor), int.MaxValue);

    private static (AnnoyIndex Index, Forest Forest) Create(ForestMemory memory, string name, AnnoyIndexOptions options, bool verify)
    {
        try
        {
            var forest = new Forest(memory, name, verify);
            return (new AnnoyIndex(forest, options), forest);
        }
        catch
        {
            memory.Dispose();
            throw;
        }
    }

    private void Hold(ref bool held)
    {
        ObjectDisposedException.ThrowIf(_forest.Memory.IsClosed, this);
        _forest.Memory.DangerousAddRef(ref held);
    }

    private void Release(bool held)
    {
        if (held)
        {
            _forest.Memory.DangerousRelease();
        }
    }

    private void Append(ReadOnlySpan<int> ids, ReadOnlySpan<float> vectors)
    {
        IndexState state = _state;
        if (ids.IsEmpty)
        {
            return;
        }

        AddedRows added = state.Added;
        int entered = 0;
        try
        {
            ulong[] live = new ulong[Bits.WordsFor(checked(state.AddedCount + ids.Length))];
            state.AddedLive.CopyTo(live, 0);
            for (; entered < ids.Length; entered++)
            {
                int id = ids[entered];
                ArgumentOutOfRangeException.ThrowIfNegative(id, nameof(ids));
                int row = _forest.RowOf(id);
                if ((row >= 0 && Bits.Has(state.Live, row)) || !_addedRowOfId.TryAdd(id, added.Count))
                {
                    throw new ArgumentException($"Id {id} is present already.", nameof(ids));
                }

                try
                {
                    added.Append(id, vectors.Slice(entered * Dimensions, Dimensions));
                }
                catch
                {
                    _addedRowOfId.Remove(id);
                    throw;
                }

                Bits.Set(live, added.Count - 1);
            }

            Volatile.Write(ref _state, state with { AddedCount = added.Count, AddedLive = live, AddedLiveCount = state.AddedLiveCount + ids.Length });
        }
        catch
        {
            // None is added: no search has seen these rows, so they are taken back.
            for (int i = 0; i < entered; i++)
            {
                _addedRowOfId.Remove(ids[i]);
            }

            added.Truncate(state.AddedCount);
            throw;
        }
    }

    private int Mask(ReadOnlySpan<int> ids)
    {
        IndexState state = _state;
        ulong[] live = state.Live, addedLive = state.AddedLive;
        int removed = 0, addedRemoved = 0;
        foreach (int id in ids)
        {
            int row = id < 0 ? -1 : _forest.RowOf(id);
            if (row >= 0 && Bits.Has(live, row))
            {
                live = ReferenceEquals(live, state.Live) ? [.. live] : live;
                Bits.Clear(live, row);
                removed++;
            }
            else if (_addedRowOfId.Remove(id, out int addedRow))
            {
                addedLive = ReferenceEquals(addedLive, state.AddedLive) ? [.. addedLive] : addedLive;
                Bits.Clear(addedLive, addedRow);
                addedRemoved++;
            }
        }

        if (removed + addedRemoved > 0)
        {
            state = state with
            {
                Live = live,
                LiveCount = state.LiveCount - removed,
                AddedLive = addedLive,
                AddedLiveCount = state.AddedLiveCount - addedRemoved,
            };
            Volatile.Write(ref _state, Compacted(state));
        }

        return removed + addedRemoved;
    }

    /// <summary>Drops the added rows that were removed again, once they are the majority: adding and removing for ever must not grow.</summary>
    private unsafe IndexState Compacted(IndexState state)
    {
        if (state.AddedCount <= SmallestCompaction || state.AddedLiveCount > state.AddedCount / 2)
        {
            return state;
        }

        var kept = new AddedRows(Dimensions);
        _addedRowOfId.Clear();
        for (int row = 0; row < state.AddedCount; row++)
        {
            if (Bits.Has(state.AddedLive, row))
            {
                int id = state.Added.Id(row);
                _addedRowOfId.Add(id, kept.Count);
                kept.Append(id, new ReadOnlySpan<float>(state.Added.Vector(row), Dimensions));
            }
        }

        return state with { Added = kept, AddedCount = kept.Count, AddedLive = Bits.AllSet(kept.Count) };
    }
}
