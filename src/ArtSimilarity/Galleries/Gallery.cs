using System.Diagnostics;
using ArtSimilarity.Features;
using ArtSimilarity.Galleries.Adding;
using ArtSimilarity.Galleries.Indexes;
using ArtSimilarity.Galleries.Searching;
using ArtSimilarity.Imaging;
using ArtSimilarity.Indexing;
using ArtSimilarity.Metrics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace ArtSimilarity.Galleries;

/// <summary>
/// A collection of works that can be searched for those that look alike: what a host application uses. It brings together a
/// store (the truth) and, where they are given, a decoder, feature extractors and an approximate index that it keeps in step with the store.
/// </summary>
/// <remarks>
/// <para>
/// All members are safe to call from several threads at once. The gallery disposes the indexes it opened; store, decoder and
/// extractors belong to whoever created them.
/// </para>
/// <para>
/// Images are decoded and extracted on threads of the gallery's own: never on the thread that calls, and never on those of the thread pool.
/// Searches by image have <see cref="GalleryOptions.MaxConcurrentExtractions"/> threads together, and each run of <c>AddAsync</c> has
/// <see cref="GalleryOptions.MaxDegreeOfParallelism"/>. A search by image then looks the neighbours up on a thread of the pool. A search by key
/// or signature does so on the thread that calls, unless it has to wait for its turn (<see cref="GalleryOptions.MaxConcurrentSearches"/>) or the
/// store. Decoders and extractors that compute may thus do so where they are called.
/// </para>
/// <para>
/// Without a decoder or without extractors a gallery is searched by key or signature, and by nothing else.
/// </para>
/// <para>
/// A search sees every work committed before it began, and none removed before. Works that the approximate index was not built
/// over are searched beside it; when there are many (<see cref="GalleryOptions.RebuildShare"/>) it is built anew in the
/// background while the former one answers. Until the first build has ended, an exact scan does.
/// </para>
/// <para>
/// A build that fails is logged as an error and hinders no search. A later search begins it again: half a minute after the
/// first failure, and twice as long after each further one, up to an hour. <see cref="PrepareAsync"/> begins it at once, waits for
/// it and throws what it throws.
/// </para>
/// <para>
/// Several feature spaces can be searched at once, with weights (<see cref="GallerySearchOptions.Spaces"/>): a work then has to have
/// a signature in each, and its distance is that of the signatures laid end to end. For the angular metric this is
/// √Σ wᵢ·dᵢ², of the distances dᵢ that searches in the single spaces give and weights wᵢ that sum to 1; see docs/architecture.md for
/// how the indexes are used.
/// </para>
/// </remarks>
public sealed class Gallery : IAsyncDisposable, IDisposable
{
    private readonly IGalleryStore _store;
    private readonly IFeatureExtractor[] _extractors;
    private readonly GalleryOptions _options;
    private readonly GalleryIndexes _indexes;
    private readonly GallerySearch _search;
    private readonly GalleryTelemetry _telemetry;
    private readonly QueryExtraction _extraction;
    private readonly QuerySignatures _signatures;
    private readonly bool _hasProvider;

    /// <summary>Creates a gallery; nothing is read or opened yet.</summary>
    /// <param name="store">Where works and signatures are kept.</param>
    /// <param name="decoder">Decodes images; <see langword="null"/> for a gallery that is only searched by key or signature.</param>
    /// <param name="extractors">
    /// Extract signatures when works are added, one per feature space; the first is the default for searches. May be empty for a
    /// gallery that is only searched by key or signature.
    /// </param>
    /// <param name="indexProvider">Builds the approximate index; <see langword="null"/> answers every search by an exact scan.</param>
    /// <param name="options">Settings; <see langword="null"/> takes the defaults.</param>
    /// <param name="logger">Told of indexes built and replaced, and of builds that failed.</param>
    /// <param name="imageOpener">
    /// Opens the images of the gallery's works by their URI, for searches by a region of one; <see langword="null"/> opens files alone.
    /// </param>
    /// <exception cref="ArgumentException">Two extractors have the same feature space, or the index does not support the metric.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of range.</exception>
    public Gallery(
        IGalleryStore store,
        IImageDecoder? decoder,
        IEnumerable<IFeatureExtractor> extractors,
        IVectorIndexProvider? indexProvider = null,
        GalleryOptions? options = null,
        ILogger<Gallery>? logger = null,
        IImageOpener? imageOpener = null)
        : this(store, decoder, extractors, indexProvider, options, logger, TimeProvider.System, imageOpener)
    {
    }

    internal Gallery(
        IGalleryStore store,
        IImageDecoder? decoder,
        IEnumerable<IFeatureExtractor> extractors,
        IVectorIndexProvider? indexProvider,
        GalleryOptions? options,
        ILogger<Gallery>? logger,
        TimeProvider clock,
        IImageOpener? imageOpener = null)
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(extractors);
        _store = store;
        _extractors = [.. extractors];
        _options = (options ?? new GalleryOptions()).CopyChecked();
        if (indexProvider is not null && !indexProvider.Supports(_options.Metric))
        {
            throw new ArgumentException($"The index '{indexProvider.Name}' cannot order by the metric '{_options.Metric.Name}'. Give no index: the exact scan orders by any metric.", nameof(indexProvider));
        }

        if (_extractors.GroupBy(extractor => extractor.Space).FirstOrDefault(group => group.Count() > 1) is { } twice)
        {
            throw new ArgumentException($"Two extractors have the feature space {twice.Key}.", nameof(extractors));
        }

        _hasProvider = indexProvider is not null;
        _telemetry = new GalleryTelemetry(_options.Name);
        _indexes = new GalleryIndexes(store, indexProvider, _options, logger ?? (ILogger)NullLogger.Instance, _telemetry, clock);
        _telemetry.Observe(_indexes);
        _search = new GallerySearch(store, _indexes, _options);
        _extraction = new QueryExtraction(decoder, _extractors, _options, _telemetry);
        _signatures = new QuerySignatures(store, imageOpener ?? new FileImageOpener(), _extraction);
    }

    /// <summary>What logs, measurements and health checks call the gallery.</summary>
    public string Name => _options.Name;

    /// <summary>The store the gallery keeps its works in.</summary>
    public IGalleryStore Store => _store;

    /// <summary>The extractors, the default one first.</summary>
    public IReadOnlyList<IFeatureExtractor> Extractors => _extractors;

    /// <summary>
    /// Adds works: decodes and extracts in batches on several threads and commits batch by batch, in the order given. A work
    /// that is there already with the same image is skipped, so a run that was cancelled or killed continues where it stopped. What is
    /// newly known of it is added to what the gallery knows. An image that cannot be used is reported, and the rest goes on.
    /// An extractor that fails for 32 images, none of them the cause, before it answers for any ends the call with its exception.
    /// </summary>
    /// <param name="works">
    /// The works; enumerated once, on another thread, as the batches proceed. A source that blocks must itself observe the
    /// cancellation: the call returns only when the enumeration has let go.
    /// </param>
    /// <param name="progress">Told after every commit.</param>
    /// <param name="cancellationToken">Cancels; what was committed stays.</param>
    /// <returns>What was added, skipped and failed.</returns>
    /// <exception cref="ArgumentException">The options want pooled regions, and an extractor gives no feature maps.</exception>
    /// <exception cref="InvalidOperationException">The gallery has no extractor, or no decoder.</exception>
    /// <exception cref="GalleryStoreException">
    /// The store fails. Where the gallery was moved, replaced or put back while works were added
    /// (<see cref="GalleryStoreException.IsReplaced"/>), it names those that this call had written and that are gone.
    /// </exception>
    public Task<AddReport> AddAsync(
        IEnumerable<PaintingImage> works, IProgress<AddProgress>? progress = null, CancellationToken cancellationToken = default) => AddAsync(works, new AddOptions(), progress, cancellationToken);

    /// <summary>Adds works, and says what is to happen to those that are there already. Otherwise as without options.</summary>
    /// <param name="works">The works; enumerated once, on another thread, as the batches proceed.</param>
    /// <param name="options">How to add them.</param>
    /// <param name="progress">Told after every commit.</param>
    /// <param name="cancellationToken">Cancels; what was committed stays.</param>
    /// <returns>What was added, skipped and failed.</returns>
    /// <exception cref="ArgumentException">The options want pooled regions, and an extractor gives no feature maps.</exception>
    /// <exception cref="InvalidOperationException">The gallery has no extractor, or no decoder.</exception>
    /// <exception cref="GalleryStoreException">
    /// The store fails. Where the gallery was moved, replaced or put back while works were added
    /// (<see cref="GalleryStoreException.IsReplaced"/>), it names those that this call had written and that are gone.
    /// </exception>
    public Task<AddReport> AddAsync(
        IEnumerable<PaintingImage> works, AddOptions options, IProgress<AddProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(works);
        int? total = works.TryGetNonEnumeratedCount(out int known) ? known : null;
        return AddAsync(works.ToAsyncEnumerable(), total, options, progress, cancellationToken);
    }

    /// <summary>Adds works that come one by one, such as those of a crawl or a database. Otherwise as for a sequence that is there.</summary>
    /// <param name="works">
    /// The works; enumerated once, on another thread, as the batches proceed. What it throws ends the call with that exception, and what was
    /// committed stays. The call returns only when the enumeration has let go.
    /// </param>
    /// <param name="options">How to add them; <see langword="null"/> takes the defaults.</param>
    /// <param name="progress">Told after every commit.</param>
    /// <param name="cancellationToken">Cancels, also the enumeration; what was committed stays.</param>
    /// <returns>What was added, skipped and failed.</returns>
    /// <exception cref="ArgumentException">The options want pooled regions, and an extractor gives no feature maps.</exception>
    /// <exception cref="InvalidOperationException">The gallery has no extractor, or no decoder.</exception>
    /// <exception cref="GalleryStoreException">
    /// The store fails. Where the gallery was moved, replaced or put back while works were added
    /// (<see cref="GalleryStoreException.IsReplaced"/>), it names those that this call had written and that are gone.
    /// </exception>
    public Task<AddReport> AddAsync(
        IAsyncEnumerable<PaintingImage> works, AddOptions? options = null, IProgress<AddProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(works);
        return AddAsync(works, null, options ?? new AddOptions(), progress, cancellationToken);
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
    /// <param name="options">Filter, region, feature space or several with weights; <see langword="null"/> takes the defaults.</param>
    /// <param name="cancellationToken">Cancels the search.</param>
    /// <returns>The works, nearest first.</returns>
    /// <exception cref="ArgumentException">The options name both one space and several.</exception>
    /// <exception cref="ImageDecodeException">The image cannot be used.</exception>
    /// <exception cref="InvalidOperationException">The gallery has no extractor, or no decoder.</exception>
    /// <exception cref="FeatureSpaceMismatchException">The gallery has no signatures in a feature space searched, or no extractor for it.</exception>
    /// <exception cref="NotSupportedException">A quality below 1 was asked of an index that cannot be tuned.</exception>
    public async Task<GallerySearchResult> SearchAsync(
        ImageSource image, int k, GallerySearchOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentOutOfRangeException.ThrowIfLessThan(k, 1);
        options ??= new GallerySearchOptions();
        return await MeasureAsync("image", () => SearchByImageAsync((_, _) => new(image), null, k, options, cancellationToken)).ConfigureAwait(false);
    }

    /// <summary>Finds the works that look like one of the gallery's own.</summary>
    /// <param name="key">The key of the work.</param>
    /// <param name="k">How many works to return, at least 1; fewer come back only when fewer pass the filter.</param>
    /// <param name="options">
    /// Filter, region, feature space or several with weights; <see langword="null"/> takes the defaults. With a region the work's
    /// image is opened (<see cref="IImageOpener"/>) and searched by that detail. Without one its stored signatures are used, and neither
    /// decoder nor extractor is needed.
    /// </param>
    /// <param name="cancellationToken">Cancels the search.</param>
    /// <returns>The works, nearest first.</returns>
    /// <exception cref="ArgumentException">The options name both one space and several.</exception>
    /// <exception cref="PaintingNotFoundException">There is no such work, or it has no signature in one of the feature spaces searched.</exception>
    /// <exception cref="ImageDecodeException">A region was given and the work's image cannot be opened or used.</exception>
    /// <exception cref="InvalidOperationException">A region was given, and the gallery has no extractor or no decoder.</exception>
    /// <exception cref="FeatureSpaceMismatchException">The gallery has no signatures in a feature space searched.</exception>
    /// <exception cref="NotSupportedException">A quality below 1 was asked of an index that cannot be tuned.</exception>
    public async Task<GallerySearchResult> SearchByKeyAsync(
        string key, int k, GallerySearchOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(key);
        ArgumentOutOfRangeException.ThrowIfLessThan(k, 1);
        return await MeasureAsync("key", () => FindByKeyAsync(key, k, options ?? new GallerySearchOptions(), cancellationToken)).ConfigureAwait(false);
    }

    /// <summary>Finds the works nearest to a signature.</summary>
    /// <param name="signature">The signature; its feature space is the one searched.</param>
    /// <param name="k">How many works to return, at least 1; fewer come back only when fewer pass the filter.</param>
    /// <param name="options">The filter; region and feature space do not apply.</param>
    /// <param name="cancellationToken">Cancels the search.</param>
    /// <returns>The works, nearest first.</returns>
    /// <exception cref="ArgumentException">The options name several spaces.</exception>
    /// <exception cref="FeatureSpaceMismatchException">
    /// The gallery has no signatures in the signature's feature space, or the options name another space.
    /// </exception>
    /// <exception cref="NotSupportedException">A quality below 1 was asked of an index that cannot be tuned.</exception>
    public async Task<GallerySearchResult> SearchAsync(
        Signature signature, int k, GallerySearchOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(signature);
        ArgumentOutOfRangeException.ThrowIfLessThan(k, 1);
        options ??= new GallerySearchOptions();
        if (options.Spaces is { Count: > 1 })
        {
            throw new ArgumentException($"A single signature is searched in its own space: several {nameof(options.Spaces)} need a list of signatures.", nameof(options));
        }

        if (options.Spaces is [{ Space: FeatureSpace asked }] && asked != signature.Space)
        {
            throw new FeatureSpaceMismatchException($"A signature of {signature.Space} cannot be searched in {asked}.");
        }

        return await MeasureAsync("signature", () => FindBySignatureAsync(signature, k, options, cancellationToken)).ConfigureAwait(false);
    }

    /// <summary>Finds the works nearest to a query in several feature spaces at once, by its signature in each.</summary>
    /// <param name="signatures">
    /// One signature for each of <see cref="GallerySearchOptions.Spaces"/>, in any order; one whose weight is 0 may be missing.
    /// </param>
    /// <param name="k">How many works to return, at least 1; fewer come back only when fewer pass the filter.</param>
    /// <param name="options">The spaces with their weights, and the filter; the region does not apply.</param>
    /// <param name="cancellationToken">Cancels the search.</param>
    /// <returns>The works, nearest first.</returns>
    /// <exception cref="ArgumentException">The options name no spaces, or two signatures are in one space.</exception>
    /// <exception cref="FeatureSpaceMismatchException">
    /// The gallery has no signatures in one of the spaces, a space has no signature, or a signature is of a space that is not searched.
    /// </exception>
    /// <exception cref="NotSupportedException">A quality below 1 was asked of an index that cannot be tuned.</exception>
    public async Task<GallerySearchResult> SearchAsync(
        IReadOnlyList<Signature> signatures, int k, GallerySearchOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(signatures);
        ArgumentOutOfRangeException.ThrowIfLessThan(k, 1);
        ArgumentNullException.ThrowIfNull(options);
        IReadOnlyList<SpaceWeight> asked = options.Spaces
            ?? throw new ArgumentException($"Signatures of several spaces need weights: give {nameof(options.Spaces)}.", nameof(options));
        var vectors = new Dictionary<FeatureSpace, ReadOnlyMemory<float>>();
        foreach (Signature signature in signatures)
        {
            if (!asked.Any(space => space.Space == signature.Space))
            {
                throw new FeatureSpaceMismatchException($"A signature is of {signature.Space}, which is not among the spaces to search: {string.Join("; ", asked.Select(space => space.Space))}.");
            }

            if (!vectors.TryAdd(signature.Space, signature.Vector))
            {
                throw new ArgumentException($"Two signatures are in the space {signature.Space}.", nameof(signatures));
            }
        }

        return await MeasureAsync("signature", () => FindBySignaturesAsync(vectors, k, options, cancellationToken)).ConfigureAwait(false);
    }

    /// <summary>Finds the works that answer a query in parts best: like these, unlike those.</summary>
    /// <param name="query">What is asked. Works of the gallery that are part of it are not returned, unless <see cref="GallerySearchOptions.IncludeQuery"/> says so.</param>
    /// <param name="k">How many works to return, at least 1; fewer come back only when fewer pass the filter.</param>
    /// <param name="options">
    /// Filter, feature space or several with weights; <see langword="null"/> takes the defaults. Where no space is named and every view has
    /// signatures of one and the same space alone, that is searched.
    /// </param>
    /// <param name="cancellationToken">Cancels the search.</param>
    /// <returns>The works, nearest first. Each says which part and which view answered (<see cref="SimilarPainting.PartIndex"/>).</returns>
    /// <exception cref="ArgumentException">The options have a region: each view has its own.</exception>
    /// <exception cref="PaintingNotFoundException">A work of the query is not there, or has no signature in one of the feature spaces searched.</exception>
    /// <exception cref="ImageDecodeException">An image cannot be used.</exception>
    /// <exception cref="InvalidOperationException">An image was given, and the gallery has no extractor or no decoder.</exception>
    /// <exception cref="FeatureSpaceMismatchException">
    /// The gallery has no signatures in a feature space searched, or no extractor for it, or a view has no signature in it.
    /// </exception>
    /// <exception cref="NotSupportedException">A quality below 1 was asked of an index that cannot be tuned.</exception>
    public async Task<GallerySearchResult> SearchAsync(
        GalleryQuery query, int k, GallerySearchOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(query);
        ArgumentOutOfRangeException.ThrowIfLessThan(k, 1);
        options ??= new GallerySearchOptions();
        if (options.Region is not null)
        {
            throw new ArgumentException($"A query in parts has its regions in its views: give none as {nameof(options.Region)}.", nameof(options));
        }

        return await MeasureAsync("parts", () => FindByPartsAsync(query, k, options, cancellationToken)).ConfigureAwait(false);
    }

    /// <summary>Extracts the signature of an image, without adding or searching anything.</summary>
    /// <param name="image">The encoded image.</param>
    /// <param name="region">The part of it to use; <see langword="null"/> uses all.</param>
    /// <param name="space">The feature space; <see langword="null"/> takes that of the first extractor.</param>
    /// <param name="cancellationToken">Cancels the extraction.</param>
    /// <returns>The signature.</returns>
    /// <exception cref="ImageDecodeException">The image cannot be used.</exception>
    /// <exception cref="FeatureSpaceMismatchException">The gallery has no extractor for the feature space.</exception>
    /// <exception cref="InvalidOperationException">The gallery has no extractor, or no decoder.</exception>
    public async Task<Signature> ExtractAsync(
        ImageSource image, ImageRegion? region = null, FeatureSpace? space = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(image);
        _extraction.ThrowIfNothingExtracts();
        space ??= _extractors[0].Space;
        (ReadOnlyMemory<float>[] vectors, _) = await _extraction.ExtractAsync((_, _) => new(image), [region], [space], cancellationToken).ConfigureAwait(false);
        return new Signature(space, vectors[0]);
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
        FeatureSpace resolved = ResolveSpace(space, await _store.GetFeatureSpacesAsync(cancellationToken).ConfigureAwait(false));
        await _indexes.Of(resolved).PrepareAsync(progress, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Tells how it stands with the derived index of every feature space: whether it is open, being built, behind, or failed to build.</summary>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The states, in the order in which the spaces were first used.</returns>
    /// <remarks>It opens and builds no index, and is cheap enough for a health check. An index that is open is brought in step with the store.</remarks>
    public async Task<IReadOnlyList<IndexState>> GetIndexStatesAsync(CancellationToken cancellationToken = default)
    {
        List<IndexState> states = [];
        foreach (FeatureSpaceSummary summary in await _store.GetFeatureSpacesAsync(cancellationToken).ConfigureAwait(false))
        {
            states.Add(await _indexes.Of(summary.Space).GetStateAsync(summary, cancellationToken).ConfigureAwait(false));
        }

        return states;
    }

    /// <summary>
    /// Keeps measured settings of the approximate index with the gallery, for this and later processes, and searches by them from now
    /// on. Processes that have the gallery open go by them when they next open or build the index.
    /// </summary>
    /// <param name="tuning">The settings, of the kind of index that the gallery has; <see langword="null"/> goes back to the defaults.</param>
    /// <param name="space">The feature space; <see langword="null"/> takes that of the first extractor.</param>
    /// <param name="cancellationToken">Cancels before anything is kept.</param>
    /// <returns>A task that ends when the settings are kept.</returns>
    /// <exception cref="ArgumentException">
    /// The settings are of another kind of index, or the index refuses them; nothing has changed. (Without an index yet, they are kept;
    /// an index that refuses them when it opens goes by its defaults, and a warning is logged.)
    /// </exception>
    /// <exception cref="NotSupportedException">The index cannot be tuned.</exception>
    /// <exception cref="InvalidOperationException">The gallery has no approximate index.</exception>
    /// <exception cref="FeatureSpaceMismatchException">The gallery has no signatures in the feature space.</exception>
    public async Task SetTuningAsync(VectorIndexTuning? tuning, FeatureSpace? space = null, CancellationToken cancellationToken = default)
    {
        if (!_hasProvider)
        {
            throw new InvalidOperationException("The gallery has no approximate index to tune: register one, e.g. AddFastScanIndex().");
        }

        FeatureSpace resolved = ResolveSpace(space, await _store.GetFeatureSpacesAsync(cancellationToken).ConfigureAwait(false));
        await _indexes.Of(resolved).SetTuningAsync(tuning, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The measured settings of the approximate index that are kept with the gallery.</summary>
    /// <param name="space">The feature space; <see langword="null"/> takes that of the first extractor.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>What <see cref="SetTuningAsync"/> was given last; <see langword="null"/> when nothing is kept, or there is no approximate index.</returns>
    /// <exception cref="FormatException">What is kept cannot be read, e.g. since a newer version wrote it. The index goes by its defaults.</exception>
    /// <exception cref="FeatureSpaceMismatchException">The gallery has no signatures in the feature space.</exception>
    public async Task<VectorIndexTuning?> GetTuningAsync(FeatureSpace? space = null, CancellationToken cancellationToken = default)
    {
        FeatureSpace resolved = ResolveSpace(space, await _store.GetFeatureSpacesAsync(cancellationToken).ConfigureAwait(false));
        return _hasProvider ? await _indexes.Of(resolved).GetTuningAsync(cancellationToken).ConfigureAwait(false) : null;
    }

    /// <summary>Closes the indexes; searches that are under way end first, builds are cancelled.</summary>
    /// <returns>A task that ends when they are closed.</returns>
    public ValueTask DisposeAsync()
    {
        _extraction.Dispose();
        return _indexes.DisposeAsync();
    }

    /// <summary>Closes the indexes; waits for searches that are under way, and cancels builds.</summary>
    public void Dispose() => DisposeAsync().AsTask().GetAwaiter().GetResult();

    /// <summary>What neighbours are ordered by.</summary>
    internal ISimilarityMetric Metric => _options.Metric;

    /// <summary>The index of a feature space, in step with the store, for many searches in a row; the caller releases it.</summary>
    /// <exception cref="FeatureSpaceMismatchException">The gallery has no signatures in the feature space.</exception>
    /// <exception cref="NotSupportedException">A quality below 1 was asked of an index that cannot be tuned.</exception>
    internal async ValueTask<(LiveIndex Index, FeatureSpaceSummary Summary)> HoldIndexAsync(FeatureSpace? space, double? quality, CancellationToken cancellationToken)
    {
        IReadOnlyList<FeatureSpaceSummary> held = await _store.GetFeatureSpacesAsync(cancellationToken).ConfigureAwait(false);
        FeatureSpace resolved = ResolveSpace(space, held);
        FeatureSpaceSummary summary = held.FirstOrDefault(summary => summary.Space == resolved) ?? new FeatureSpaceSummary(resolved, 0, default);
        return (await _search.HoldAsync(summary, new GallerySearchOptions { Quality = quality }, cancellationToken).ConfigureAwait(false), summary);
    }

    private Task<AddReport> AddAsync(
        IAsyncEnumerable<PaintingImage> works, int? total, AddOptions options, IProgress<AddProgress>? progress, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        _extraction.ThrowIfNothingExtracts();
        if (options.Regions?.IsPooled == true && Array.Find(_extractors, extractor => extractor is not IFeatureMapExtractor) is IFeatureExtractor without)
        {
            throw new ArgumentException($"The extractor of {without.Space} gives no feature maps, so no regions can be pooled: use {nameof(RegionLayout)}.{nameof(RegionLayout.Default)}.", nameof(options));
        }

        return new AddPipeline(_store, _extraction.DecoderOrThrow(), _extractors, _options, options.CopyChecked(), _telemetry).RunAsync(works, total, progress, cancellationToken);
    }

    private async Task<GallerySearchResult> MeasureAsync(string query, Func<Task<GallerySearchResult>> search)
    {
        using GalleryTelemetry.SearchMeasurement? measurement = _telemetry.BeginSearch(query);
        try
        {
            GallerySearchResult result = await search().ConfigureAwait(false);
            measurement?.Found(result);
            return result;
        }
        catch (Exception e)
        {
            measurement?.Failed(e);
            throw;
        }
    }

    private async Task<GallerySearchResult> FindByKeyAsync(string key, int k, GallerySearchOptions options, CancellationToken cancellationToken)
    {
        var clock = Stopwatch.StartNew();
        if (options.Region is not null)
        {
            string uri = await _signatures.ReadImageUriAsync(key, cancellationToken).ConfigureAwait(false);
            return await SearchByImageAsync((size, cancellation) => _signatures.Opener.OpenAsync(uri, size, cancellation), key, k, options, cancellationToken).ConfigureAwait(false);
        }

        (SpaceWeight[] spaces, IReadOnlyList<FeatureSpaceSummary> held) = await ResolveSpacesAsync(options, cancellationToken).ConfigureAwait(false);
        ReadOnlyMemory<float>[] vectors = await _signatures.ReadOfWorkAsync(key, spaces, cancellationToken).ConfigureAwait(false);
        return await _search.FindAsync(new SearchedQuery(spaces, vectors, key), k, options, held, clock.Elapsed, [], cancellationToken).ConfigureAwait(false);
    }

    private async Task<GallerySearchResult> FindBySignatureAsync(Signature signature, int k, GallerySearchOptions options, CancellationToken cancellationToken)
    {
        IReadOnlyList<FeatureSpaceSummary> held = await _store.GetFeatureSpacesAsync(cancellationToken).ConfigureAwait(false);
        FeatureSpace space = ResolveSpace(signature.Space, held);
        return await _search.FindAsync(new SearchedQuery([new SpaceWeight(space)], [signature.Vector], null), k, options, held, TimeSpan.Zero, [], cancellationToken).ConfigureAwait(false);
    }

    private async Task<GallerySearchResult> FindBySignaturesAsync(
        Dictionary<FeatureSpace, ReadOnlyMemory<float>> vectors, int k, GallerySearchOptions options, CancellationToken cancellationToken)
    {
        (SpaceWeight[] spaces, IReadOnlyList<FeatureSpaceSummary> held) = await ResolveSpacesAsync(options, cancellationToken).ConfigureAwait(false);
        ReadOnlyMemory<float>[] queries = Array.ConvertAll(spaces, space => vectors.TryGetValue(space.Space, out ReadOnlyMemory<float> vector)
            ? vector
            : throw new FeatureSpaceMismatchException($"There is no signature of {space.Space}, which is to be searched."));
        return await _search.FindAsync(new SearchedQuery(spaces, queries, null), k, options, held, TimeSpan.Zero, [], cancellationToken).ConfigureAwait(false);
    }

    private async Task<GallerySearchResult> SearchByImageAsync(
        Func<ImageSize, CancellationToken, ValueTask<ImageSource>> open, string? key, int k, GallerySearchOptions options, CancellationToken cancellationToken)
    {
        // The spaces are checked before the image is opened: the cheaper mistake to find.
        (SpaceWeight[] spaces, IReadOnlyList<FeatureSpaceSummary> held) = await ResolveSpacesAsync(options, cancellationToken).ConfigureAwait(false);
        var clock = Stopwatch.StartNew();
        (ReadOnlyMemory<float>[] vectors, string? warning) = await _extraction.ExtractAsync(
            open, [options.Region], Array.ConvertAll(spaces, space => space.Space), cancellationToken).ConfigureAwait(false);
        return await _search.FindAsync(new SearchedQuery(spaces, vectors, key), k, options, held, clock.Elapsed, warning is null ? [] : [warning], cancellationToken).ConfigureAwait(false);
    }

    private async Task<GallerySearchResult> FindByPartsAsync(GalleryQuery query, int k, GallerySearchOptions options, CancellationToken cancellationToken)
    {
        (SpaceWeight[] spaces, IReadOnlyList<FeatureSpaceSummary> held) = await ResolveSpacesAsync(options, cancellationToken, QuerySignatures.OnlySpaceOf(query)).ConfigureAwait(false);
        var clock = Stopwatch.StartNew();
        (ReadOnlyMemory<float>[] vectors, IReadOnlyList<string> warnings) = await _signatures.ReadAsync(query, spaces, cancellationToken).ConfigureAwait(false);
        var searched = new SearchedQuery(
            spaces, vectors, QueryShape.Of(query), QuerySignatures.KeysOf(query.Parts), QuerySignatures.KeysOf(query.Parts.Where(part => part.IsWanted)));
        return await _search.FindAsync(searched, k, options, held, clock.Elapsed, warnings, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// The spaces that a search counts, with weights that sum to 1: one of weight 1, unless the options say otherwise. And what the store
    /// holds now, which the whole search goes by.
    /// </summary>
    private async ValueTask<(SpaceWeight[] Spaces, IReadOnlyList<FeatureSpaceSummary> Held)> ResolveSpacesAsync(GallerySearchOptions options, CancellationToken cancellationToken, FeatureSpace? unlessNamed = null)
    {
        IReadOnlyList<FeatureSpaceSummary> held = await _store.GetFeatureSpacesAsync(cancellationToken).ConfigureAwait(false);
        if (options.Spaces is null)
        {
            return ([ResolveSpace(unlessNamed, held)], held);
        }

        // Those that count for nothing too: they may be mistaken for others.
        foreach (SpaceWeight space in options.Spaces)
        {
            ResolveSpace(space.Space, held);
        }

        return (SpaceWeight.Normalize(options.Spaces), held);
    }

    /// <summary>The space to search: the one asked for, else the first extractor's, else the gallery's only one.</summary>
    private FeatureSpace ResolveSpace(FeatureSpace? requested, IReadOnlyList<FeatureSpaceSummary> held)
    {
        FeatureSpace? space = requested ?? (_extractors.Length > 0 ? _extractors[0].Space : null);
        if (space is null)
        {
            FeatureSpaceSummary[] whole = [.. held.Where(summary => !RegionLayout.IsOfRegions(summary.Space))];
            return whole.Length == 1
                ? whole[0].Space
                : throw new FeatureSpaceMismatchException($"Say which feature space to search: the gallery holds {Describe(held)}.");
        }

        if (held.Count > 0 && !held.Any(summary => summary.Space == space))
        {
            throw new FeatureSpaceMismatchException($"The gallery holds no signatures of {space}, only of {Describe(held)}. Signatures of different feature spaces cannot be compared: use the model the gallery was indexed with, or add its works with this one too.");
        }

        return space;
    }

    private static string Describe(IReadOnlyList<FeatureSpaceSummary> held) =>
        held.Count == 0 ? "none" : string.Join("; ", held.Select(summary => summary.Space));
}
