using System.Runtime.ExceptionServices;
using ArtSimilarity.Metrics;
using ArtSimilarity.Numerics;
using ArtSimilarity.Parallelism;
using ArtSimilarity.Searching;

namespace ArtSimilarity.Indexing;

/// <summary>
/// The exact index: every search compares with every vector. What all other indexes are measured against.
/// </summary>
/// <remarks>
/// <para>
/// A search scans with SIMD in single precision, and keeps what lies within the rounding error of the k-th best. It orders that by
/// distances summed in double precision and then rounded to a float, equal ones by id. The neighbours are those of a double-precision
/// brute force, whatever the instruction set. It allocates nothing once its buffers are pooled.
/// </para>
/// <para>
/// Unlike other indexes it can be changed. Searching, adding and removing from several threads at once is safe; searches never wait,
/// and see each vector either wholly or not at all. Ids are 0 or above, each at most once. A metric of your own that declares its
/// <see cref="ISimilarityMetric.Measure"/> is scanned like the built-in ones. Without a measure every distance is one call of
/// <see cref="ISimilarityMetric.Distance"/>, which is far slower.
/// </para>
/// </remarks>
public sealed class FlatIndex : IVectorIndex, IDisposable
{
    private readonly Lock _writing = new();
    private readonly Dictionary<int, int> _rowOfId = [];
    private readonly ScratchPool<FlatScratch> _scratch = new(static () => new FlatScratch());
    private FlatRows? _rows;

    /// <summary>Creates an empty index.</summary>
    /// <param name="dimensions">The length of every vector, at least 1.</param>
    /// <param name="metric">The metric; <see langword="null"/> takes <see cref="SimilarityMetrics.Angular"/>.</param>
    public FlatIndex(int dimensions, ISimilarityMetric? metric = null)
    {
        Metric = metric ?? SimilarityMetrics.Angular;
        Dimensions = dimensions;
        _rows = new FlatRows(new VectorSet(dimensions), [], [], 0, null, 0, 0);
    }

    /// <summary>Creates an index of vectors, which it takes over: nothing else may append to the set any more, and nothing is copied.</summary>
    internal FlatIndex(VectorSet vectors, ISimilarityMetric metric)
        : this(vectors.Dimensions, metric)
    {
        _rowOfId.EnsureCapacity(vectors.Count);
        ReadOnlySpan<int> ids = vectors.Ids;
        for (int row = 0; row < ids.Length; row++)
        {
            if (!_rowOfId.TryAdd(ids[row], row))
            {
                throw new ArgumentException($"Id {ids[row]} is given twice.", nameof(vectors));
            }
        }

        Publish(_rows! with { Vectors = vectors }, vectors.Count);
    }

    /// <summary>The number of vectors that can be found.</summary>
    public int Count => Current.LiveCount;

    /// <inheritdoc/>
    public int Dimensions { get; }

    /// <inheritdoc/>
    public ISimilarityMetric Metric { get; }

    /// <summary>Every answer is exact.</summary>
    public VectorIndexAccuracy Accuracy => VectorIndexAccuracy.Exact;

    /// <summary>What searches see now; never changed.</summary>
    internal FlatRows Current
    {
        get
        {
            FlatRows? rows = Volatile.Read(ref _rows);
            ObjectDisposedException.ThrowIf(rows is null, this);
            return rows;
        }
    }

    /// <summary>Adds vectors. Either all of them are added or, on an exception, none.</summary>
    /// <param name="ids">One id per vector, not present yet.</param>
    /// <param name="vectors">One vector after the other: <c>ids.Length × Dimensions</c> numbers.</param>
    /// <exception cref="ArgumentException">A length does not fit, a number is not finite, or an id is negative or present already.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public void Add(ReadOnlySpan<int> ids, ReadOnlySpan<float> vectors)
    {
        lock (_writing)
        {
            FlatRows rows = Current;
            for (int i = 0; i < ids.Length; i++)
            {
                if (!_rowOfId.TryAdd(ids[i], rows.Count + i))
                {
                    RollBack(ids[..i]);
                    throw new ArgumentException($"Id {ids[i]} is in the index already, or given twice.", nameof(ids));
                }
            }

            try
            {
                rows.Vectors.Add(ids, vectors);
            }
            catch
            {
                RollBack(ids);
                throw;
            }

            Publish(rows, ids.Length);
        }
    }

    /// <summary>Removes vectors. Ids that are not present are passed over.</summary>
    /// <param name="ids">The ids to remove.</param>
    /// <returns>The number of vectors that were removed.</returns>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public int Remove(ReadOnlySpan<int> ids)
    {
        lock (_writing)
        {
            FlatRows rows = Current;
            ulong[]? dead = null;
            int removed = 0;
            foreach (int id in ids)
            {
                if (_rowOfId.Remove(id, out int row))
                {
                    dead ??= CopyOf(rows.Dead, rows.Count);
                    dead[row >> 6] |= 1UL << row;
                    removed++;
                }
            }

            if (dead is not null)
            {
                FlatRows masked = rows with { Dead = dead, LiveCount = rows.LiveCount - removed };
                bool mostlyDead = masked.LiveCount < masked.Count / 2;
                Volatile.Write(ref _rows, mostlyDead ? Compact(masked) : masked);
            }

            return removed;
        }
    }

    /// <inheritdoc/>
    public ValueTask<int> SearchAsync(
        ReadOnlyMemory<float> query, Memory<Neighbor> results, VectorSearchOptions options = default, CancellationToken cancellationToken = default) =>
        ValueTask.FromResult(Search(query.Span, results.Span, options, cancellationToken));

    /// <summary>Finds the vectors nearest to a query.</summary>
    /// <param name="query">A vector of <see cref="Dimensions"/> finite numbers.</param>
    /// <param name="results">Receives the neighbours, nearest first, equal distances by ascending id; its length is k.</param>
    /// <param name="filter">The ids that may be returned; <see langword="null"/> allows all.</param>
    /// <returns>How many neighbours were written: less than <c>results.Length</c> only when fewer exist.</returns>
    /// <exception cref="ArgumentException"><paramref name="query"/> has another length or a number that is not finite.</exception>
    /// <exception cref="SimilarityMetricException">A metric of your own gave NaN or negative infinity as a distance.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public int Search(ReadOnlySpan<float> query, Span<Neighbor> results, IdSet? filter = null) =>
        Search(query, results, new VectorSearchOptions { Allowed = filter });

    /// <summary>Finds the vectors nearest to a query, as <see cref="SearchAsync"/> does.</summary>
    /// <param name="query">A vector of <see cref="Dimensions"/> finite numbers.</param>
    /// <param name="results">Receives the neighbours, nearest first, equal distances by ascending id; its length is k.</param>
    /// <param name="options">What may be returned; the answer is exact anyway.</param>
    /// <param name="cancellationToken">Cancels the search within some milliseconds.</param>
    /// <returns>How many neighbours were written: less than <c>results.Length</c> only when fewer may be returned.</returns>
    /// <exception cref="ArgumentException"><paramref name="query"/> has another length or a number that is not finite.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public int Search(ReadOnlySpan<float> query, Span<Neighbor> results, VectorSearchOptions options, CancellationToken cancellationToken = default)
    {
        FlatRows rows = Current;
        VectorSet.ThrowIfUnusable(query, Dimensions, nameof(query));
        cancellationToken.ThrowIfCancellationRequested();
        int k = Math.Min(results.Length, rows.LiveCount);
        if (k == 0)
        {
            return 0;
        }

        FlatScratch scratch = _scratch.Rent();
        try
        {
            RowSelection selected = options is { Allowed: null, Excluded: null } && rows.Dead is null
                ? new RowSelection(rows)
                : new RowSelection(rows, rows.SelectLive(options, scratch.Candidates(rows.Count)));
            return FlatScan.Search(selected, Metric, query, scratch, results[..k], cancellationToken);
        }
        finally
        {
            _scratch.Return(scratch);
        }
    }

    /// <summary>
    /// Searches for many queries at once: tiles of queries pass over the rows together, so that each row is read from memory once
    /// for several queries. The results are those of one search each.
    /// </summary>
    /// <param name="queries">One query after the other: a multiple of <see cref="Dimensions"/> finite numbers.</param>
    /// <param name="k">How many neighbours to find for each query, at least 1.</param>
    /// <param name="results">Receives k places per query, nearest first.</param>
    /// <param name="counts">Receives, per query, how many of its places were filled.</param>
    /// <param name="filter">The ids that may be returned; <see langword="null"/> allows all.</param>
    /// <param name="maxDegreeOfParallelism">How many threads to use: at least 1, or −1 for one per processor.</param>
    /// <param name="cancellationToken">Cancels between tiles of queries.</param>
    /// <exception cref="ArgumentException">A length does not fit, or a query has a number that is not finite.</exception>
    /// <exception cref="SimilarityMetricException">A metric of your own gave NaN or negative infinity as a distance.</exception>
    public void SearchMany(
        ReadOnlyMemory<float> queries,
        int k,
        Memory<Neighbor> results,
        Memory<int> counts,
        IdSet? filter = null,
        int maxDegreeOfParallelism = 1,
        CancellationToken cancellationToken = default)
    {
        FlatRows rows = Current;
        ArgumentOutOfRangeException.ThrowIfLessThan(k, 1);
        ParallelDegree.ThrowIfInvalid(maxDegreeOfParallelism, nameof(maxDegreeOfParallelism));
        int queryCount = queries.Length / Dimensions;
        if (queries.Length % Dimensions != 0 || results.Length != (long)queryCount * k || counts.Length != queryCount)
        {
            throw new ArgumentException($"{queries.Length} numbers are {queryCount} queries of {Dimensions}; they need {(long)queryCount * k} results and {queryCount} counts, not {results.Length} and {counts.Length}.", nameof(queries));
        }

        for (int i = 0; i < queryCount; i++)
        {
            VectorSet.ThrowIfUnusable(queries.Span.Slice(i * Dimensions, Dimensions), Dimensions, nameof(queries));
        }

        bool all = filter is null && rows.Dead is null;
        FlatScratch shared = _scratch.Rent();
        try
        {
            int count = all ? 0 : rows.SelectLive(new VectorSearchOptions { Allowed = filter }, shared.Candidates(rows.Count)).Length;
            int tiles = (queryCount + FlatScan.QueriesPerTile - 1) / FlatScan.QueriesPerTile;
            void SearchTile(int tile)
            {
                int first = tile * FlatScan.QueriesPerTile;
                int tileQueries = Math.Min(FlatScan.QueriesPerTile, queryCount - first);
                FlatScratch scratch = _scratch.Rent();
                try
                {
                    FlatScan.SearchTile(
                        all ? new RowSelection(rows) : new RowSelection(rows, shared.Candidates(count)),
                        Metric,
                        queries.Span.Slice(first * Dimensions, tileQueries * Dimensions),
                        scratch,
                        results.Span.Slice(first * k, tileQueries * k),
                        counts.Span.Slice(first, tileQueries));
                }
                finally
                {
                    _scratch.Return(scratch);
                }
            }

            ForEachTile(tiles, SearchTile, maxDegreeOfParallelism, cancellationToken);
        }
        finally
        {
            _scratch.Return(shared);
        }
    }

    /// <summary>Lets go of the vectors; searches that are under way end as if nothing had happened.</summary>
    public void Dispose()
    {
        lock (_writing)
        {
            Volatile.Write(ref _rows, null);
        }
    }

    /// <inheritdoc cref="Dispose"/>
    /// <returns>A completed task.</returns>
    public ValueTask DisposeAsync()
    {
        Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>
    /// The vectors that can be found now, in the order they were added; later changes do not reach it. The memory is shared with the
    /// index unless some were removed, so nothing may be appended to it.
    /// </summary>
    internal VectorSet Snapshot()
    {
        FlatRows rows = Current;
        if (rows.Dead is null)
        {
            return rows.Vectors.Prefix(rows.Count);
        }

        var live = new VectorSet(Dimensions);
        for (int row = 0; row < rows.Count; row++)
        {
            if (!rows.IsDead(row))
            {
                live.Add(rows.Vectors.Ids.Slice(row, 1), rows.Vectors[row]);
            }
        }

        return live;
    }

    /// <summary>Finds the distances of all vectors, in the order they were added; where there is room for fewer, of the first.</summary>
    /// <returns>How many were written.</returns>
    internal int Compare(ReadOnlySpan<float> query, Span<Neighbor> results, IdSet? filter, CancellationToken cancellationToken)
    {
        FlatRows rows = Current;
        VectorSet.ThrowIfUnusable(query, Dimensions, nameof(query));
        double norm = FixedOrderSum.Norm(query);
        VectorMeasure? measure = Metric.Measure;
        int perBlock = rows.Vectors.RowsPerBlock, written = 0;
        ReadOnlySpan<int> ids = rows.Vectors.Ids;
        for (int row = 0; row < rows.Count && written < results.Length; row++)
        {
            if (row % perBlock == 0)
            {
                cancellationToken.ThrowIfCancellationRequested();
            }

            if ((filter is null || filter.Contains(ids[row])) && !rows.IsDead(row))
            {
                results[written++] = new Neighbor(ids[row], rows.DistanceTo(row, Metric, measure, query, norm));
            }
        }

        return written;
    }

    /// <summary>
    /// Orders all vectors for each of the given rows of <paramref name="queries"/>, in single precision. Every ranking (ids, nearest
    /// first) goes to <paramref name="visit"/> together with the query's place in <paramref name="queryRows"/>, possibly on several
    /// threads at once.
    /// </summary>
    internal void RankAll(VectorSet queries, int[] queryRows, Action<int, ReadOnlySpan<int>> visit, int maxDegreeOfParallelism, CancellationToken cancellationToken)
    {
        FlatRows rows = Current;
        int queryCount = queryRows.Length;
        void RankTile(int tile)
        {
            int first = tile * FlatScan.QueriesPerTile;
            int count = Math.Min(FlatScan.QueriesPerTile, queryCount - first);
            FlatScratch scratch = _scratch.Rent();
            int[] ids = new int[rows.Count];
            float[] vectors = new float[count * Dimensions];
            for (int i = 0; i < count; i++)
            {
                queries[queryRows[first + i]].CopyTo(vectors.AsSpan(i * Dimensions));
            }

            FlatScan.RankTile(rows, Metric, vectors, scratch, (query, ranking) =>
            {
                int live = 0;
                foreach (int row in ranking)
                {
                    if (!rows.IsDead(row))
                    {
                        ids[live++] = rows.Vectors.Ids[row];
                    }
                }

                visit(first + query, ids.AsSpan(0, live));
            });
            _scratch.Return(scratch);
        }

        ForEachTile((queryCount + FlatScan.QueriesPerTile - 1) / FlatScan.QueriesPerTile, RankTile, maxDegreeOfParallelism, cancellationToken);
    }

    /// <summary>Calls <paramref name="body"/> with each tile's number. What it throws comes as it is, also from other threads.</summary>
    private static void ForEachTile(int tiles, Action<int> body, int maxDegreeOfParallelism, CancellationToken cancellationToken)
    {
        if (maxDegreeOfParallelism == 1)
        {
            for (int tile = 0; tile < tiles; tile++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                body(tile);
            }

            return;
        }

        try
        {
            Parallel.For(0, tiles, new ParallelOptions { MaxDegreeOfParallelism = maxDegreeOfParallelism, CancellationToken = cancellationToken }, body);
        }
        catch (AggregateException e)
        {
            ExceptionDispatchInfo.Throw(e.InnerExceptions[0]);
        }
    }

    /// <summary>Lets searches see the rows of the set behind those they have seen.</summary>
    private void Publish(FlatRows rows, int added)
    {
        (float[][] scales, double[][] norms, double maxNorm) = (rows.Scales, rows.Norms, rows.MaxNorm);
        for (int row = rows.Count; row < rows.Count + added; row++)
        {
            double norm = FixedOrderSum.Norm(rows.Vectors[row]);
            Describe(rows.Vectors, row, norm, ref scales, ref norms);
            maxNorm = Math.Max(maxNorm, norm);
        }

        Volatile.Write(ref _rows, rows with
        {
            Scales = scales,
            Norms = norms,
            Count = rows.Count + added,
            LiveCount = rows.LiveCount + added,
            MaxNorm = maxNorm,
        });
    }

    private static ulong[] CopyOf(ulong[]? dead, int rows)
    {
        ulong[] copy = new ulong[(rows + 63) / 64];
        dead?.CopyTo(copy, 0);
        return copy;
    }

    /// <summary>Copies the rows that live into a set of their own, so that removed vectors neither cost time nor memory.</summary>
    private FlatRows Compact(FlatRows rows)
    {
        var vectors = new VectorSet(Dimensions);
        (float[][] scales, double[][] norms, double maxNorm) = ([], [], 0);
        _rowOfId.Clear();
        for (int row = 0; row < rows.Count; row++)
        {
            if (!rows.IsDead(row))
            {
                double norm = rows.NormOf(row);
                _rowOfId.Add(rows.Vectors.Ids[row], vectors.Count);
                vectors.Add(rows.Vectors.Ids.Slice(row, 1), rows.Vectors[row]);
                Describe(vectors, vectors.Count - 1, norm, ref scales, ref norms);
                maxNorm = Math.Max(maxNorm, norm);
            }
        }

        return new FlatRows(vectors, scales, norms, vectors.Count, null, vectors.Count, maxNorm);
    }

    /// <summary>Notes what the scan needs to know of a row, in blocks that grow with the vectors'.</summary>
    private void Describe(VectorSet vectors, int row, double norm, ref float[][] scales, ref double[][] norms)
    {
        int block = row / vectors.RowsPerBlock;
        if (block == scales.Length)
        {
            scales = [.. scales, new float[vectors.RowsPerBlock]];
            norms = [.. norms, new double[vectors.RowsPerBlock]];
        }

        scales[block][row % vectors.RowsPerBlock] = Metric.Measure?.ScaleOf(norm) ?? 1;
        norms[block][row % vectors.RowsPerBlock] = norm;
    }

    private void RollBack(ReadOnlySpan<int> ids)
    {
        foreach (int id in ids)
        {
            _rowOfId.Remove(id);
        }
    }
}
