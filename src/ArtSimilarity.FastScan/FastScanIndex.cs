using ArtSimilarity.FastScan.Building;
using ArtSimilarity.FastScan.Files;
using ArtSimilarity.FastScan.Searching;
using ArtSimilarity.IndexFiles;
using ArtSimilarity.Indexing;
using ArtSimilarity.Metrics;
using ArtSimilarity.Searching;

namespace ArtSimilarity.FastScan;

/// <summary>
/// Approximate nearest neighbours by angular distance, for collections that are too large to compare with all of. Vectors that lie
/// near one another form leaves. A search reads the nearest leaves as codes of one bit per number. It reads the best of those vectors
/// as 8-bit numbers, and the best of these exactly (to 24 bits).
/// </summary>
/// <remarks>
/// Safe for any number of threads at once. A search that runs while the index is disposed still ends with its answer; later
/// ones throw <see cref="ObjectDisposedException"/>. The index is in the process's own memory, so nothing that happens to its file
/// reaches a search. <see cref="FastScanIndexOptions.MapFile"/> gives that up, for less memory and a faster opening.
/// </remarks>
public sealed class FastScanIndex : IVectorIndex, IDisposable
{
    private readonly PackedIndex _index;
    private readonly FastScanSearchSettings? _settings;
    private readonly int _threads;
    private readonly ScratchPool<SearchScratch> _scratches;
    private readonly LiveRows _all;
    private readonly ExclusionCache<LiveRows> _exclusions = new();
    private readonly Func<IdSet, LiveRows> _exclude;
    private FastScanTuning? _tuning;

    private FastScanIndex(PackedIndex packed, FastScanIndexOptions options)
    {
        _index = packed;
        _settings = options.SearchSettings;
        _threads = options.MaxDegreeOfParallelism;
        _scratches = new ScratchPool<SearchScratch>(() => new SearchScratch(packed));
        _all = LiveRows.All(packed.Count);
        _exclude = excluded => _all.Without(excluded, packed.RowOf);
    }

    /// <inheritdoc/>
    public int Count => _index.Count;

    /// <inheritdoc/>
    public int Dimensions => _index.Dimensions;

    /// <summary>The angular metric.</summary>
    public ISimilarityMetric Metric => SimilarityMetrics.Angular;

    /// <summary>Every search can ask for a quality.</summary>
    public VectorIndexAccuracy Accuracy => VectorIndexAccuracy.Adjustable;

    /// <summary>The number of leaves.</summary>
    public int LeafCount => _index.Leaves.Length;

    /// <summary>How many vectors a leaf was to hold on average when it was built.</summary>
    public int LeafSize => _index.LeafSize;

    /// <summary>The length of the index in bytes, as a file.</summary>
    public long FileLength => _index.FileLength;

    /// <inheritdoc/>
    public VectorIndexTuning? Tuning
    {
        get => Volatile.Read(ref _tuning);
        set
        {
            var tuning = value as FastScanTuning;
            if (tuning is null && value is not null)
            {
                throw new ArgumentException($"The tuning is of the index '{value.IndexName}', not of '{FastScanIndexProvider.IndexName}'.", nameof(value));
            }

            if (tuning is not null && tuning.Dimensions != Dimensions)
            {
                throw new ArgumentException($"The tuning was measured on vectors of {tuning.Dimensions} dimensions, not {Dimensions}.", nameof(value));
            }

            Volatile.Write(ref _tuning, tuning);
        }
    }

    /// <inheritdoc/>
    public ValueTask<int> SearchAsync(
        ReadOnlyMemory<float> query, Memory<Neighbor> results, VectorSearchOptions options = default, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return ValueTask.FromResult(Search(query.Span, results.Span, options));
    }

    /// <summary>Finds the vectors nearest to a query, as <see cref="SearchAsync"/> does.</summary>
    /// <param name="query">A vector of <see cref="Dimensions"/> finite numbers.</param>
    /// <param name="results">Receives the neighbours, nearest first, equal distances by ascending id; its length is k.</param>
    /// <param name="options">What may be returned, and how near to the truth the answer has to be.</param>
    /// <returns>How many neighbours were written: less than <c>results.Length</c> only when fewer may be returned.</returns>
    /// <exception cref="ArgumentException"><paramref name="query"/> has another length or a number that is not finite.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The quality is not above 0 and at most 1.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public int Search(ReadOnlySpan<float> query, Span<Neighbor> results, VectorSearchOptions options) =>
        Search(query, results, options, options.Quality is double quality ? SettingsFor(results.Length, quality) : DefaultSettingsFor(results.Length));

    /// <summary>Finds the vectors nearest to a query.</summary>
    /// <param name="query">A vector of <see cref="Dimensions"/> finite numbers.</param>
    /// <param name="results">Receives the neighbours, nearest first, equal distances by ascending id; its length is k.</param>
    /// <param name="filter">The ids that may be returned; <see langword="null"/> allows all.</param>
    /// <returns>How many neighbours were written: less than <c>results.Length</c> only when fewer exist.</returns>
    /// <exception cref="ArgumentException"><paramref name="query"/> has another length or a number that is not finite.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public int Search(ReadOnlySpan<float> query, Span<Neighbor> results, IdSet? filter = null) =>
        Search(query, results, filter, DefaultSettingsFor(results.Length));

    /// <summary>Finds the vectors nearest to a query, with settings of its own.</summary>
    /// <param name="query">A vector of <see cref="Dimensions"/> finite numbers.</param>
    /// <param name="results">Receives the neighbours, nearest first, equal distances by ascending id; its length is k.</param>
    /// <param name="filter">
    /// The ids that may be returned; <see langword="null"/> allows all. The fewer of the vectors a filter allows, the more
    /// leaves are read, up to where it costs less to compare with all it allows.
    /// </param>
    /// <param name="settings">How much to look at.</param>
    /// <returns>How many neighbours were written: less than <c>results.Length</c> only when fewer exist.</returns>
    /// <exception cref="ArgumentException"><paramref name="query"/> has another length or a number that is not finite.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A number of <paramref name="settings"/> is below 1.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public int Search(ReadOnlySpan<float> query, Span<Neighbor> results, IdSet? filter, FastScanSearchSettings settings) =>
        Search(query, results, new VectorSearchOptions { Allowed = filter }, settings);

    /// <summary>Finds the vectors nearest to a query, with settings of its own.</summary>
    /// <param name="query">A vector of <see cref="Dimensions"/> finite numbers.</param>
    /// <param name="results">Receives the neighbours, nearest first, equal distances by ascending id; its length is k.</param>
    /// <param name="options">What may be returned; the settings take the place of its quality.</param>
    /// <param name="settings">How much to look at.</param>
    /// <returns>How many neighbours were written: less than <c>results.Length</c> only when fewer may be returned.</returns>
    /// <exception cref="ArgumentException"><paramref name="query"/> has another length or a number that is not finite.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A number of <paramref name="settings"/> is below 1.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public int Search(ReadOnlySpan<float> query, Span<Neighbor> results, VectorSearchOptions options, FastScanSearchSettings settings)
    {
        settings.ThrowIfInvalid();
        bool held = false;
        try
        {
            Hold(ref held);
            return Find(query, results, options, settings);
        }
        finally
        {
            Release(held);
        }
    }

    /// <summary>Searches for many queries at once, on several threads. The results are those of one search each.</summary>
    /// <param name="queries">One query after the other: a multiple of <see cref="Dimensions"/> finite numbers.</param>
    /// <param name="k">How many neighbours to find for each query, at least 1.</param>
    /// <param name="results">Receives k places per query, nearest first.</param>
    /// <param name="counts">Receives, per query, how many of its places were filled.</param>
    /// <param name="filter">The ids that may be returned; <see langword="null"/> allows all.</param>
    /// <param name="settings">How much to look at; <see langword="null"/> takes the defaults.</param>
    /// <param name="cancellationToken">Cancels between queries.</param>
    /// <exception cref="ArgumentException">A length does not fit, or a query has a number that is not finite.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="k"/>, or a number of <paramref name="settings"/>, is below 1.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    /// <exception cref="OperationCanceledException">The search was cancelled; what was written so far is whole.</exception>
    public void SearchMany(
        ReadOnlyMemory<float> queries, int k, Memory<Neighbor> results, Memory<int> counts, IdSet? filter = null,
        FastScanSearchSettings? settings = null, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(k, 1);
        FastScanSearchSettings chosen = settings ?? DefaultSettingsFor(k);
        chosen.ThrowIfInvalid();
        int count = queries.Length / Dimensions;
        if (queries.Length % Dimensions != 0 || results.Length != (long)count * k || counts.Length != count)
        {
            throw new ArgumentException(
                $"{queries.Length} numbers of queries of {Dimensions} dimensions need {(long)count * k} places for results and {count} for counts, not {results.Length} and {counts.Length}.",
                nameof(queries));
        }

        bool held = false;
        try
        {
            Hold(ref held);

            // A bad query is refused before any is answered.
            SearchScratch scratch = _scratches.Rent();
            try
            {
                for (int q = 0; q < count; q++)
                {
                    scratch.SetQuery(queries.Span.Slice(q * Dimensions, Dimensions), Dimensions);
                }
            }
            finally
            {
                _scratches.Return(scratch);
            }

            var parallel = new ParallelOptions { MaxDegreeOfParallelism = _threads, CancellationToken = cancellationToken };
            Parallel.For(0, count, parallel, q =>
                counts.Span[q] = Find(queries.Span.Slice(q * Dimensions, Dimensions), results.Span.Slice(q * k, k), new VectorSearchOptions { Allowed = filter }, chosen));
        }
        finally
        {
            Release(held);
        }
    }

    /// <summary>The settings of a search that asks for a quality: those of <see cref="Tuning"/>, or careful ones where it has none.</summary>
    /// <param name="k">The number of neighbours to find, at least 0.</param>
    /// <param name="quality">The quality, above 0 and at most 1.</param>
    /// <returns>The settings.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="quality"/> is not above 0 and at most 1.</exception>
    public FastScanSearchSettings SettingsFor(int k, double quality)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(k);
        if (!(quality is > 0 and <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(quality), quality, "A quality is above 0 and at most 1.");
        }

        return quality == 1 ? FastScanSearchSettings.Exact : FastScanTuning.SettingsFor(Volatile.Read(ref _tuning), k, quality, _index.Count);
    }

    /// <summary>Ends the use of the index; its memory or file is let go when the searches that still run have ended.</summary>
    public void Dispose() => _index.Memory.Dispose();

    /// <inheritdoc cref="Dispose"/>
    /// <returns>A completed task.</returns>
    public ValueTask DisposeAsync()
    {
        Dispose();
        return ValueTask.CompletedTask;
    }

    internal static FastScanIndex Build(
        VectorSet vectors, string? path, string stamp, FastScanIndexOptions options, IProgress<double>? progress, CancellationToken cancellationToken)
    {
        IndexMemory memory = IndexBuilder.Build(vectors, stamp, options, progress, cancellationToken);
        if (path is not null)
        {
            memory = Save(memory, path, options.MapFile, cancellationToken);
        }

        FastScanIndex index = Create(memory, path ?? "index in memory", options, verify: false).Index;
        progress?.Report(1);
        return index;
    }

    internal static OpenedVectorIndex Open(string path, FastScanIndexOptions options)
    {
        // What was read is always verified: it costs a tenth of the reading, and tells whether somebody was writing meanwhile.
        (FastScanIndex index, PackedIndex packed) = options.MapFile
            ? Create(MappedIndexMemory.Open(path, IndexLayout.HeaderLength), path, options, options.VerifyOnOpen)
            : Create(Read(path), path, options, verify: true);
        return new OpenedVectorIndex(index, packed.Stamp);
    }

    private static NativeIndexMemory Read(string path) => IndexFile.Read(
        path,
        IndexLayout.HeaderLength,
        (header, length) => IndexLayout.FromHeader(header, length, path),
        $"{nameof(FastScanIndexOptions)}.{nameof(FastScanIndexOptions.MapFile)}");

    /// <summary>Writes a built index to its file; what comes back takes the place of the memory that was given.</summary>
    private static IndexMemory Save(IndexMemory built, string path, bool map, CancellationToken cancellationToken)
    {
        try
        {
            if (!map)
            {
                IndexFileWriter.Save(built, path, cancellationToken);
                return built;
            }

            IndexMemory mapped = IndexFileWriter.SaveAndMap(built, path, IndexLayout.HeaderLength, cancellationToken);
            built.Dispose();
            return mapped;
        }
        catch
        {
            built.Dispose();
            throw;
        }
    }

    private static (FastScanIndex Index, PackedIndex Packed) Create(IndexMemory memory, string name, FastScanIndexOptions options, bool verify)
    {
        try
        {
            var packed = new PackedIndex(memory, name, verify);
            return (new FastScanIndex(packed, options), packed);
        }
        catch
        {
            memory.Dispose();
            throw;
        }
    }

    private FastScanSearchSettings DefaultSettingsFor(int k) => _settings ?? FastScanSearchSettings.DefaultFor(k, _index.Count);

    /// <summary>Searches while the memory is held.</summary>
    private int Find(ReadOnlySpan<float> query, Span<Neighbor> results, VectorSearchOptions options, FastScanSearchSettings settings)
    {
        LiveRows live = options.Excluded is { Count: > 0 } excluded ? _exclusions.Get(excluded, _exclude) : _all;
        SearchScratch scratch = _scratches.Rent();
        try
        {
            scratch.SetQuery(query, Dimensions);
            return LeafSearch.Find(_index, live, scratch, results, options.Allowed, settings);
        }
        finally
        {
            _scratches.Return(scratch);
        }
    }

    private void Hold(ref bool held)
    {
        ObjectDisposedException.ThrowIf(_index.Memory.IsClosed, this);
        _index.Memory.DangerousAddRef(ref held);
    }

    private void Release(bool held)
    {
        if (held)
        {
            _index.Memory.DangerousRelease();
        }
    }
}
