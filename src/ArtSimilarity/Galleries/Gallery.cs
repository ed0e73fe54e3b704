using System.Diagnostics;
using ArtSimilarity.Features;
using ArtSimilarity.Imaging;
using ArtSimilarity.Indexing;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace ArtSimilarity.Galleries;

/// <summary>
/// A collection of works that can be searched for those that look alike: what a host application uses. It brings together a
/// store (the truth), a decoder, one or more feature extractors and, where one is given, an approximate index that it keeps
/// in step with the store.
/// </summary>
/// <remarks>
/// <para>
/// All members are safe to call from several threads at once. The gallery disposes the indexes it opened; store, decoder and
/// extractors belong to whoever created them.
/// </para>
/// <para>
/// A search sees every work committed before it began, and none removed before. Works that the approximate index was not built
/// over are searched exactly beside it; when there are many (<see cref="GalleryOptions.RebuildShare"/>) it is built anew in the
/// background while the former one answers. Until the first build has ended, an exact scan does.
/// </para>
/// <para>
/// A build that fails is logged as an error and hinders no search. A later search begins it again: half a minute after the
/// first failure, and twice as long after each further one, up to an hour. <see cref="PrepareAsync"/> begins it at once, waits for
/// it and throws what it throws.
/// </para>
/// </remarks>
public sealed class Gallery : IAsyncDisposable, IDisposable
{
    private const int MaxAttempts = 100;
    private readonly IGalleryStore _store;
    private readonly IImageDecoder _decoder;
    private readonly IFeatureExtractor[] _extractors;
    private readonly GalleryOptions _options;
    private readonly GalleryIndexes _indexes;
    private readonly bool _hasProvider;

    /// <summary>Creates a gallery; nothing is read or opened yet.</summary>
    /// <param name="store">Where works and signatures are kept.</param>
    /// <param name="decoder">Decodes images.</param>
    /// <param name="extractors">
    /// Extract signatures when works are added, one per feature space; the first is the default for searches. May be empty for a
    /// gallery that is only searched by key or signature.
    /// </param>
    /// <param name="indexProvider">Builds the approximate index; <see langword="null"/> answers every search by an exact scan.</param>
    /// <param name="options">Settings; <see langword="null"/> takes the defaults.</param>
    /// <param name="logger">Told of indexes built and replaced, and of builds that failed.</param>
    /// <exception cref="ArgumentException">Two extractors have the same feature space, or the index does not support the metric.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of range.</exception>
    public Gallery(
        IGalleryStore store,
        IImageDecoder decoder,
        IEnumerable<IFeatureExtractor> extractors,
        IVectorIndexProvider? indexProvider = null,
        GalleryOptions? options = null,
        ILogger<Gallery>? logger = null)
        : this(store, decoder, extractors, indexProvider, options, logger, TimeProvider.System)
    {
    }

    internal Gallery(
        IGalleryStore store,
        IImageDecoder decoder,
        IEnumerable<IFeatureExtractor> extractors,
        IVectorIndexProvider? indexProvider,
        GalleryOptions? options,
        ILogger<Gallery>? logger,
        TimeProvider clock)
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(decoder);
        ArgumentNullException.ThrowIfNull(extractors);
        _store = store;
        _decoder = decoder;
        _extractors = [.. extractors];
        _options = (options ?? new GalleryOptions()).CopyChecked();
        if (indexProvider is not null && !indexProvider.Supports(_options.Metric))
        {
            throw new ArgumentException($"The index '{indexProvider.Name}' cannot order by the metric '{_options.Metric.Name}'.", nameof(indexProvider));
        }

        if (_extractors.GroupBy(extractor => extractor.Space).FirstOrDefault(group => group.Count() > 1) is { } twice)
        {
            throw new ArgumentException($"Two extractors have the feature space {twice.Key}.", nameof(extractors));
        }

        _hasProvider = indexProvider is not null;
        _indexes = new GalleryIndexes(store, indexProvider, _options, logger ?? (ILogger)NullLogger.Instance, clock);
    }

    /// <summary>The store the gallery keeps its works in.</summary>
    public IGalleryStore Store => _store;

    /// <summary>The extractors, the default one first.</summary>
    public IReadOnlyList<IFeatureExtractor> Extractors => _extractors;

    /// <summary>
    /// Adds works: decodes and extracts in batches on several threads and commits batch by batch, in the order given. A work
    /// that is there already with the same image is skipped (its catalogue data is updated), so a run that was cancelled or
    /// killed continues where it stopped. An image that cannot be used is reported, and the rest goes on.
    /// </summary>
    /// <param name="works">
    /// The works; enumerated once, on another thread, as the batches proceed. A source that blocks must itself observe the
    /// cancellation: the call returns only when the enumeration has let go.
    /// </param>
    /// <param name="progress">Told after every commit.</param>
    /// <param name="cancellationToken">Cancels; what was committed stays.</param>
    /// <returns>What was added, skipped and failed.</returns>
    /// <exception cref="InvalidOperationException">The gallery has no extractor.</exception>
    public Task<AddReport> AddAsync(
        IEnumerable<PaintingImage> works, IProgress<AddProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(works);
        ThrowIfNoExtractor();
        return new AddPipeline(_store, _decoder, _extractors, _options).RunAsync(works, progress, cancellationToken);
    }

    /// <summary>Removes works and their signatures; searches stop returning them at once.</summary>
    /// <param name="keys">The keys of the works; unknown ones are passed over.</param>
    /// <param name="cancellationToken">Cancels before anything is removed.</param>
    /// <returns>The number of works removed.</returns>
    public async Task<int> RemoveAsync(IReadOnlyCollection<string> keys, CancellationToken cancellationToken = default) =>
        await _store.RemoveAsync(keys, cancellationToken).ConfigureAwait(false);

    /// <summary>Finds the works that look like an image.</summary>
    /// <param name="image">The encoded image.</param>
    /// <param name="k">How many works to return, at least 1; fewer come back only when fewer pass the filter.</param>
    /// <param name="options">Filter, region, feature space; <see langword="null"/> takes the defaults.</param>
    /// <param name="cancellationToken">Cancels the search.</param>
    /// <returns>The works, nearest first.</returns>
    /// <exception cref="ImageDecodeException">The image cannot be used.</exception>
    /// <exception cref="FeatureSpaceMismatchException">The gallery has no signatures in the feature space, or no extractor for it.</exception>
    /// <exception cref="NotSupportedException">A quality below 1 was asked of an approximate index that is none to tune.</exception>
    public async Task<GallerySearchResult> SearchAsync(
        ImageSource image, int k, GallerySearchOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentOutOfRangeException.ThrowIfLessThan(k, 1);
        options ??= new GallerySearchOptions();
        return await SearchByImageAsync(image, null, k, options, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Finds the works that look like one of the gallery's own.</summary>
    /// <param name="key">The key of the work.</param>
    /// <param name="k">How many works to return, at least 1; fewer come back only when fewer pass the filter.</param>
    /// <param name="options">
    /// Filter, region, feature space; <see langword="null"/> takes the defaults. With a region the work's image is opened and
    /// searched by that detail; without one its stored signature is used and no extractor is needed.
    /// </param>
    /// <param name="cancellationToken">Cancels the search.</param>
    /// <returns>The works, nearest first.</returns>
    /// <exception cref="PaintingNotFoundException">There is no such work, or it has no signature in the feature space.</exception>
    /// <exception cref="ImageDecodeException">A region was given and the work's image cannot be used.</exception>
    /// <exception cref="FeatureSpaceMismatchException">The gallery has no signatures in the feature space.</exception>
    /// <exception cref="NotSupportedException">A quality below 1 was asked of an approximate index that is none to tune.</exception>
    public async Task<GallerySearchResult> SearchByKeyAsync(
        string key, int k, GallerySearchOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(key);
        ArgumentOutOfRangeException.ThrowIfLessThan(k, 1);
        options ??= new GallerySearchOptions();
        var clock = Stopwatch.StartNew();
        if (options.Region is not null)
        {
            IReadOnlyDictionary<string, StoredWork> found = await _store.FindAsync([key], cancellationToken).ConfigureAwait(false);
            Painting painting = found.TryGetValue(key, out StoredWork? work) ? work.Painting : throw NotFound(key);
            string path = painting.ImageUri ?? throw new PaintingNotFoundException($"The work '{key}' has no image URI, so no region of it can be searched.");
            return await SearchByImageAsync(ImageSource.FromFile(path), key, k, options, cancellationToken).ConfigureAwait(false);
        }

        FeatureSpace space = await ResolveSpaceAsync(options.Space, cancellationToken).ConfigureAwait(false);
        (int _, float[] vector) = await _store.GetSignatureAsync(space, key, cancellationToken).ConfigureAwait(false)
            ?? throw await WhyNotFoundAsync(key, space, cancellationToken).ConfigureAwait(false);
        return await SearchByVectorAsync(space, vector, options.IncludeQuery ? null : key, k, options, clock.Elapsed, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Finds the works nearest to a signature.</summary>
    /// <param name="signature">The signature; its feature space is the one searched.</param>
    /// <param name="k">How many works to return, at least 1; fewer come back only when fewer pass the filter.</param>
    /// <param name="options">The filter; region and feature space do not apply.</param>
    /// <param name="cancellationToken">Cancels the search.</param>
    /// <returns>The works, nearest first.</returns>
    /// <exception cref="FeatureSpaceMismatchException">The gallery has no signatures in the signature's feature space.</exception>
    /// <exception cref="NotSupportedException">A quality below 1 was asked of an approximate index that is none to tune.</exception>
    public async Task<GallerySearchResult> SearchAsync(
        Signature signature, int k, GallerySearchOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(signature);
        ArgumentOutOfRangeException.ThrowIfLessThan(k, 1);
        options ??= new GallerySearchOptions();
        if (options.Space is not null && options.Space != signature.Space)
        {
            throw new FeatureSpaceMismatchException($"A signature of {signature.Space} cannot be searched in {options.Space}.");
        }

        FeatureSpace space = await ResolveSpaceAsync(signature.Space, cancellationToken).ConfigureAwait(false);
        return await SearchByVectorAsync(space, signature.Vector, null, k, options, TimeSpan.Zero, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Extracts the signature of an image, without adding or searching anything.</summary>
    /// <param name="image">The encoded image.</param>
    /// <param name="region">The part of it to use; <see langword="null"/> uses all.</param>
    /// <param name="space">The feature space; <see langword="null"/> takes that of the first extractor.</param>
    /// <param name="cancellationToken">Cancels the extraction.</param>
    /// <returns>The signature.</returns>
    /// <exception cref="ImageDecodeException">The image cannot be used.</exception>
    /// <exception cref="FeatureSpaceMismatchException">The gallery has no extractor for the feature space.</exception>
    public Signature Extract(ImageSource image, ImageRegion? region = null, FeatureSpace? space = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(image);
        ThrowIfNoExtractor();
        IFeatureExtractor extractor = space is null
            ? _extractors[0]
            : Array.Find(_extractors, candidate => candidate.Space == space)
              ?? throw new FeatureSpaceMismatchException($"The gallery has no extractor for {space}; it has {string.Join(", ", _extractors.Select(candidate => candidate.Space))}.");
        image = ImageSource.FromBytes(image.ReadBytes(_options.MaxImageBytes), image.Name);
        using RgbImage pixels = _decoder.Decode(image, extractor.InputSize, region, cancellationToken);
        float[] vector = new float[extractor.Space.Dimensions];
        extractor.Extract([pixels], vector, cancellationToken);
        return new Signature(extractor.Space, vector);
    }

    /// <summary>
    /// Opens the index of a feature space, and builds it where it is missing or too much has changed since its build. Searches do
    /// not need this, but the first ones after it are as fast as those that follow.
    /// </summary>
    /// <param name="space">The feature space; <see langword="null"/> takes that of the first extractor.</param>
    /// <param name="progress">Told how much of the build is done, from 0 to 1, possibly on another thread; a build that ran already is joined.</param>
    /// <param name="cancellationToken">Ends the waiting; a build that has begun goes on, for the searches to come.</param>
    /// <returns>A task that ends when the index is open and built. It fails as the build fails.</returns>
    /// <exception cref="FeatureSpaceMismatchException">The gallery has no signatures in the feature space.</exception>
    public async Task PrepareAsync(FeatureSpace? space = null, IProgress<double>? progress = null, CancellationToken cancellationToken = default)
    {
        FeatureSpace resolved = await ResolveSpaceAsync(space, cancellationToken).ConfigureAwait(false);
        await _indexes.PrepareAsync(resolved, progress, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Keeps measured settings of the approximate index with the gallery, for this and later processes, and searches by them from now
    /// on. Processes that have the gallery open go by them when they next open or build the index.
    /// </summary>
    /// <param name="tuning">What <see cref="ITunableVectorIndex.Tuning"/> takes; <see langword="null"/> goes back to the defaults.</param>
    /// <param name="space">The feature space; <see langword="null"/> takes that of the first extractor.</param>
    /// <param name="cancellationToken">Cancels before anything is kept.</param>
    /// <returns>A task that ends when the settings are kept.</returns>
    /// <exception cref="FormatException">
    /// The index refuses the settings, and nothing has changed. (Without an index yet, they are kept unread; an index that refuses
    /// them when it opens goes by its defaults, and a warning is logged.)
    /// </exception>
    /// <exception cref="NotSupportedException">The index cannot be tuned.</exception>
    /// <exception cref="InvalidOperationException">The gallery has no approximate index.</exception>
    /// <exception cref="FeatureSpaceMismatchException">The gallery has no signatures in the feature space.</exception>
    public async Task SetTuningAsync(string? tuning, FeatureSpace? space = null, CancellationToken cancellationToken = default)
    {
        if (!_hasProvider)
        {
            throw new InvalidOperationException("The gallery has no approximate index to tune: register one, e.g. AddAnnoyIndex().");
        }

        FeatureSpace resolved = await ResolveSpaceAsync(space, cancellationToken).ConfigureAwait(false);
        await _indexes.SetTuningAsync(resolved, tuning, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The measured settings of the approximate index that are kept with the gallery.</summary>
    /// <param name="space">The feature space; <see langword="null"/> takes that of the first extractor.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>What <see cref="SetTuningAsync"/> was given last; <see langword="null"/> when nothing is kept, or there is no approximate index.</returns>
    /// <exception cref="FeatureSpaceMismatchException">The gallery has no signatures in the feature space.</exception>
    public async Task<string?> GetTuningAsync(FeatureSpace? space = null, CancellationToken cancellationToken = default)
    {
        FeatureSpace resolved = await ResolveSpaceAsync(space, cancellationToken).ConfigureAwait(false);
        return _hasProvider ? await _indexes.GetTuningAsync(resolved, cancellationToken).ConfigureAwait(false) : null;
    }

    /// <summary>Closes the indexes; searches that are under way end first, builds are cancelled.</summary>
    /// <returns>A task that ends when they are closed.</returns>
    public ValueTask DisposeAsync() => _indexes.DisposeAsync();

    /// <summary>Closes the indexes; waits for searches that are under way, and cancels builds.</summary>
    public void Dispose() => _indexes.DisposeAsync().AsTask().GetAwaiter().GetResult();

    private static PaintingNotFoundException NotFound(string key) => new($"The gallery has no work '{key}'.");

    private async Task<GallerySearchResult> SearchByImageAsync(
        ImageSource image, string? key, int k, GallerySearchOptions options, CancellationToken cancellationToken)
    {
        // The space is checked before the image is decoded: the cheaper mistake to find.
        FeatureSpace space = await ResolveSpaceAsync(options.Space, cancellationToken).ConfigureAwait(false);
        var clock = Stopwatch.StartNew();
        Signature signature = Extract(image, options.Region, space, cancellationToken);
        return await SearchByVectorAsync(space, signature.Vector, options.IncludeQuery ? null : key, k, options, clock.Elapsed, cancellationToken).ConfigureAwait(false);
    }

    private async Task<GallerySearchResult> SearchByVectorAsync(
        FeatureSpace space, ReadOnlyMemory<float> vector, string? exclude, int k, GallerySearchOptions options, TimeSpan extraction, CancellationToken cancellationToken)
    {
        int wanted = exclude is null || k == int.MaxValue ? k : k + 1;
        for (int attempt = 1; ; attempt++)
        {
            using IndexLease lease = await LeaseAsync(space, options, cancellationToken).ConfigureAwait(false);
            var clock = Stopwatch.StartNew();
            IdSet? allowed = options.Filter is { IsEmpty: false } filter
                ? await _store.SelectAsync(space, filter, cancellationToken).ConfigureAwait(false)
                : null;
            cancellationToken.ThrowIfCancellationRequested();
            ArraySegment<Neighbor> neighbors = lease.Search(vector.Span, wanted, allowed, options.Quality);
            IReadOnlyList<Painting?> paintings =
                await _store.GetPaintingsAsync(space, [.. neighbors.Select(neighbor => neighbor.Id)], cancellationToken).ConfigureAwait(false);

            // A work removed since the search began has no painting any more. Its place belongs to the next one, which a new
            // search finds; only a writer that removes faster than a search takes could prevent that for ever.
            if (paintings.Contains(null) && neighbors.Count == wanted && attempt < MaxAttempts)
            {
                continue;
            }

            List<SimilarPainting> results = new(neighbors.Count);
            for (int i = 0; i < neighbors.Count && results.Count < k; i++)
            {
                if (paintings[i] is Painting painting && painting.Key != exclude)
                {
                    results.Add(new SimilarPainting(painting, neighbors[i].Distance, _options.Metric.Similarity(neighbors[i].Distance)));
                }
            }

            return new GallerySearchResult(results, space, lease.IsExact(options.Quality), extraction, clock.Elapsed);
        }
    }

    private async ValueTask<IndexLease> LeaseAsync(FeatureSpace space, GallerySearchOptions options, CancellationToken cancellationToken)
    {
        IndexLease lease = await _indexes.LeaseAsync(space, options.Exact, cancellationToken).ConfigureAwait(false);
        if (lease.CanSearch(options.Quality))
        {
            return lease;
        }

        lease.Dispose();
        return options.Quality == 1
            ? await _indexes.LeaseAsync(space, exact: true, cancellationToken).ConfigureAwait(false)
            : throw new NotSupportedException($"The gallery's index cannot be searched by a demanded quality: it is no {nameof(ITunableVectorIndex)}. Demand none, or 1 for an exact search.");
    }

    /// <summary>The space to search: the one asked for, else the first extractor's, else the gallery's only one.</summary>
    private async ValueTask<FeatureSpace> ResolveSpaceAsync(FeatureSpace? requested, CancellationToken cancellationToken)
    {
        IReadOnlyList<FeatureSpaceSummary> held = await _store.GetFeatureSpacesAsync(cancellationToken).ConfigureAwait(false);
        FeatureSpace? space = requested ?? (_extractors.Length > 0 ? _extractors[0].Space : null);
        if (space is null)
        {
            return held.Count == 1
                ? held[0].Space
                : throw new FeatureSpaceMismatchException($"Say which feature space to search: the gallery holds {Describe(held)}.");
        }

        if (held.Count > 0 && !held.Any(summary => summary.Space == space))
        {
            throw new FeatureSpaceMismatchException($"The gallery holds no signatures of {space}, only of {Describe(held)}. Signatures of different feature spaces cannot be compared: use the model the gallery was indexed with, or add its works with this one too.");
        }

        return space;
    }

    private async ValueTask<PaintingNotFoundException> WhyNotFoundAsync(string key, FeatureSpace space, CancellationToken cancellationToken)
    {
        IReadOnlyDictionary<string, StoredWork> found = await _store.FindAsync([key], cancellationToken).ConfigureAwait(false);
        return found.ContainsKey(key) ? new PaintingNotFoundException($"The work '{key}' has no signature in {space}.") : NotFound(key);
    }

    private static string Describe(IReadOnlyList<FeatureSpaceSummary> held) =>
        held.Count == 0 ? "none" : string.Join("; ", held.Select(summary => summary.Space));

    private void ThrowIfNoExtractor()
    {
        if (_extractors.Length == 0)
        {
            throw new InvalidOperationException("The gallery has no feature extractor: register one, e.g. AddClassicalFeatureExtractor() or AddOnnxFeatureExtractor().");
        }
    }
}
