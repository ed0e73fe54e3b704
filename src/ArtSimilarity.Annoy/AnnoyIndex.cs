using ArtSimilarity.Annoy.Files;
using ArtSimilarity.Annoy.Nodes;
using ArtSimilarity.Annoy.Searching;
using ArtSimilarity.IndexFiles;
using ArtSimilarity.Indexing;
using ArtSimilarity.Metrics;
using ArtSimilarity.Parallelism;
using ArtSimilarity.Searching;

namespace ArtSimilarity.Annoy;

/// <summary>
/// Approximate nearest neighbours by angular distance, through the random-projection forest of spotify/annoy: at the same trees and
/// <c>search_k</c> it finds what Annoy finds.
/// </summary>
/// <remarks>
/// <para>
/// The file is Annoy's own, with the items numbered 0, 1, 2, … in the order of their ids. The ids themselves, and what the index was
/// built from, lie in nodes that no tree names.
/// </para>
/// <para>
/// Neighbours are ordered by the distance that is told, equal ones by id. Annoy sums in single precision and orders by the square of
/// the distance: neighbours that lie nearer together than its rounding may change places.
/// </para>
/// <para>
/// Safe for any number of threads at once. A search that runs while the index is disposed still ends with its answer; later ones throw
/// <see cref="ObjectDisposedException"/>.
/// </para>
/// </remarks>
public sealed class AnnoyIndex : IVectorIndex, IDisposable
{
    private readonly AnnoyNodes _nodes;
    private readonly CompactItems _compact;
    private readonly ForestNotes _notes;
    private readonly ForestSearch _search;
    private readonly AnnoySearchSettings _settings;
    private readonly ScratchPool<SearchScratch> _scratches;
    private readonly LiveRows _all;
    private readonly ExclusionCache<LiveRows> _exclusions = new();
    private readonly Func<IdSet, LiveRows> _exclude;
    private AnnoyTuning? _tuning;

    private AnnoyIndex(AnnoyNodes nodes, CompactItems compact, ForestNotes notes, int[] roots, AnnoyIndexOptions options)
    {
        (_nodes, _compact, _notes) = (nodes, compact, notes);
        _all = LiveRows.Where(nodes.ItemCount, nodes.IsItem);
        _search = new ForestSearch(nodes, compact, notes.Ids, roots, _all);
        _exclude = excluded => _all.Without(excluded, _search.ItemOf);
        _settings = new AnnoySearchSettings(options.SearchK == -1 ? null : options.SearchK);
        _scratches = new ScratchPool<SearchScratch>(() => new SearchScratch(nodes, compact));
    }

    /// <inheritdoc/>
    public int Count => _all.Count;

    /// <inheritdoc/>
    public int Dimensions => _notes.Dimensions;

    /// <summary>The angular metric.</summary>
    public ISimilarityMetric Metric => SimilarityMetrics.Angular;

    /// <summary>Every search can ask for a quality.</summary>
    public VectorIndexAccuracy Accuracy => VectorIndexAccuracy.Adjustable;

    /// <summary>The number of trees.</summary>
    public int TreeCount => _notes.TreeCount;

    /// <summary>The length of the index in bytes, as a file.</summary>
    public long FileLength => _nodes.Memory.Length;

    /// <inheritdoc/>
    public VectorIndexTuning? Tuning
    {
        get => Volatile.Read(ref _tuning);
        set
        {
            var tuning = value as AnnoyTuning;
            if (tuning is null && value is not null)
            {
                throw new ArgumentException($"The tuning is of the index '{value.IndexName}', not of '{AnnoyIndexProvider.IndexName}'.", nameof(value));
            }

            if (tuning is not null && tuning.Dimensions != Dimensions)
            {
                throw new ArgumentException($"The tuning was measured on vectors of {tuning.Dimensions} dimensions, not {Dimensions}.", nameof(value));
            }

            if (tuning is not null && tuning.TreeCount > TreeCount)
            {
                throw new ArgumentException($"The tuning was measured on {tuning.TreeCount} trees, this forest has {TreeCount}.", nameof(value));
            }

            Volatile.Write(ref _tuning, tuning);
        }
    }

    /// <inheritdoc/>
    /// <exception cref="VectorIndexFileException">The search met a damaged node, of a file that somebody else made.</exception>
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
    /// <exception cref="VectorIndexFileException">The search met a damaged node, of a file that somebody else made.</exception>
    public int Search(ReadOnlySpan<float> query, Span<Neighbor> results, VectorSearchOptions options) =>
        Search(query, results, options, options.Quality is double quality ? SettingsFor(results.Length, quality) : _settings);

    /// <summary>Finds the vectors nearest to a query.</summary>
    /// <param name="query">A vector of <see cref="Dimensions"/> finite numbers.</param>
    /// <param name="results">Receives the neighbours, nearest first, equal distances by ascending id; its length is k.</param>
    /// <param name="filter">The ids that may be returned; <see langword="null"/> allows all.</param>
    /// <returns>How many neighbours were written: less than <c>results.Length</c> only when fewer exist.</returns>
    /// <exception cref="ArgumentException"><paramref name="query"/> has another length or a number that is not finite.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    /// <exception cref="VectorIndexFileException">The search met a damaged node, of a file that somebody else made.</exception>
    public int Search(ReadOnlySpan<float> query, Span<Neighbor> results, IdSet? filter = null) => Search(query, results, filter, _settings);

    /// <summary>Finds the vectors nearest to a query, with settings of its own.</summary>
    /// <param name="query">A vector of <see cref="Dimensions"/> finite numbers.</param>
    /// <param name="results">Receives the neighbours, nearest first, equal distances by ascending id; its length is k.</param>
    /// <param name="filter">
    /// The ids that may be returned; <see langword="null"/> allows all. The fewer of the vectors a filter allows, the more
    /// candidates are collected, up to where it costs less to compare with all it allows.
    /// </param>
    /// <param name="settings">How much to look at.</param>
    /// <returns>How many neighbours were written: less than <c>results.Length</c> only when fewer exist.</returns>
    /// <exception cref="ArgumentException"><paramref name="query"/> has another length or a number that is not finite.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A number of <paramref name="settings"/> is out of range.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    /// <exception cref="VectorIndexFileException">The search met a damaged node, of a file that somebody else made.</exception>
    public int Search(ReadOnlySpan<float> query, Span<Neighbor> results, IdSet? filter, AnnoySearchSettings settings) =>
        Search(query, results, new VectorSearchOptions { Allowed = filter }, settings);

    /// <summary>Finds the vectors nearest to a query, with settings of its own.</summary>
    /// <param name="query">A vector of <see cref="Dimensions"/> finite numbers.</param>
    /// <param name="results">Receives the neighbours, nearest first, equal distances by ascending id; its length is k.</param>
    /// <param name="options">What may be returned; the settings take the place of its quality.</param>
    /// <param name="settings">How much to look at.</param>
    /// <returns>How many neighbours were written: less than <c>results.Length</c> only when fewer may be returned.</returns>
    /// <exception cref="ArgumentException"><paramref name="query"/> has another length or a number that is not finite.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A number of <paramref name="settings"/> is out of range.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    /// <exception cref="VectorIndexFileException">The search met a damaged node, of a file that somebody else made.</exception>
    public int Search(ReadOnlySpan<float> query, Span<Neighbor> results, VectorSearchOptions options, AnnoySearchSettings settings)
    {
        settings.ThrowIfInvalid();
        using Hold hold = new(this);
        VectorSet.ThrowIfUnusable(query, Dimensions, nameof(query));
        LiveRows live = options.Excluded is { Count: > 0 } excluded ? _exclusions.Get(excluded, _exclude) : _all;
        SearchScratch scratch = _scratches.Rent();
        try
        {
            return _search.Find(query, results, live, options.Allowed, settings, scratch);
        }
        finally
        {
            _scratches.Return(scratch);
        }
    }

    /// <summary>The settings of a search that asks for a quality: those of <see cref="Tuning"/>, or careful ones where it has none.</summary>
    /// <param name="k">The number of neighbours to find, at least 0.</param>
    /// <param name="quality">The quality, above 0 and at most 1.</param>
    /// <returns>The settings.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="quality"/> is not above 0 and at most 1.</exception>
    public AnnoySearchSettings SettingsFor(int k, double quality)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(k);
        if (!(quality is > 0 and <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(quality), quality, "A quality is above 0 and at most 1.");
        }

        return quality == 1
            ? AnnoySearchSettings.Exact
            : Volatile.Read(ref _tuning)?.SettingsFor(k, quality, _notes.Ids.Length) ?? AnnoySearchSettings.UsualFor(k, quality, _notes.Ids.Length);
    }

    /// <summary>Ends the use of the index; its memory or file is let go when the searches that still run have ended.</summary>
    public void Dispose()
    {
        _nodes.Memory.Dispose();
        _compact.Memory.Dispose();
    }

    /// <inheritdoc cref="Dispose"/>
    /// <returns>A completed task.</returns>
    public ValueTask DisposeAsync()
    {
        Dispose();
        return ValueTask.CompletedTask;
    }

    internal static AnnoyIndex Build(
        VectorSet vectors, string? path, string stamp, AnnoyIndexOptions options, IProgress<double>? progress, CancellationToken cancellationToken)
    {
        IndexMemory memory = ForestBuilder.Build(vectors, stamp, options, progress, cancellationToken);
        if (path is not null)
        {
            IndexMemory built = memory;
            try
            {
                if (options.MapFile)
                {
                    memory = IndexFileWriter.SaveAndMap(built, path, ShortestFile, cancellationToken);
                    built.Dispose();
                }
                else
                {
                    IndexFileWriter.Save(built, path, cancellationToken);
                }
            }
            catch
            {
                built.Dispose();
                throw;
            }
        }

        AnnoyIndex index = Create(memory, path ?? "index in memory", options).Index;
        progress?.Report(1);
        return index;
    }

    internal static OpenedVectorIndex Open(string path, AnnoyIndexOptions options)
    {
        (AnnoyIndex index, ForestNotes notes) = Create(OpenMemory(path, options), path, options);
        return new OpenedVectorIndex(index, notes.Stamp);
    }

    private static int ShortestFile => new AngularNodes(1).NodeLength;

    /// <summary>Opens a file without notes, whose numbers are the ids.</summary>
    internal static AnnoyIndex OpenForeign(string path, int dimensions, AnnoyIndexOptions options)
    {
        IndexMemory memory = OpenMemory(path, options);
        try
        {
            var nodes = new AnnoyNodes(memory, path, new AngularNodes(dimensions));
            var notes = new ForestNotes(dimensions, nodes.Roots.Length, Seed: 0, Stamp: "", [.. Enumerable.Range(0, nodes.ItemCount)]);
            return Create(nodes, notes, [.. nodes.Roots.Reverse()], options);
        }
        catch
        {
            memory.Dispose();
            throw;
        }
    }

    private static IndexMemory OpenMemory(string path, AnnoyIndexOptions options) => options.MapFile
        ? MappedIndexMemory.Open(path, ShortestFile)
        : IndexFile.Read(path, ShortestFile, check: null, $"{nameof(AnnoyIndexOptions)}.{nameof(AnnoyIndexOptions.MapFile)}");

    private static (AnnoyIndex Index, ForestNotes Notes) Create(IndexMemory memory, string name, AnnoyIndexOptions options)
    {
        try
        {
            ForestNotes notes = ForestNotes.Read(memory, name);
            var nodes = new AnnoyNodes(memory, name, new AngularNodes(notes.Dimensions));

            // The copies of the roots are the last nodes. (Annoy counts a root twice where a tree is a single leaf.)
            return (Create(nodes, notes, [.. Enumerable.Range(nodes.NodeCount - notes.TreeCount, notes.TreeCount)], options), notes);
        }
        catch
        {
            memory.Dispose();
            throw;
        }
    }

    private static AnnoyIndex Create(AnnoyNodes nodes, ForestNotes notes, int[] roots, AnnoyIndexOptions options)
    {
        int threads = ParallelDegree.Threads(options.MaxDegreeOfParallelism);
        return new AnnoyIndex(nodes, new CompactItems(nodes, threads), notes, roots, options);
    }

    /// <summary>Keeps the memory while a call uses it.</summary>
    private readonly ref struct Hold
    {
        private readonly AnnoyIndex _index;

        public Hold(AnnoyIndex index)
        {
            ObjectDisposedException.ThrowIf(index._nodes.Memory.IsClosed || index._compact.Memory.IsClosed, index);
            bool heldNodes = false, heldCompact = false;
            index._nodes.Memory.DangerousAddRef(ref heldNodes);
            try
            {
                index._compact.Memory.DangerousAddRef(ref heldCompact);
            }
            catch
            {
                index._nodes.Memory.DangerousRelease();
                throw;
            }

            _index = index;
        }

        public void Dispose()
        {
            _index._compact.Memory.DangerousRelease();
            _index._nodes.Memory.DangerousRelease();
        }
    }
}
