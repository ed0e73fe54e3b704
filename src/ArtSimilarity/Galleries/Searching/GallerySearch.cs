using System.Diagnostics;
using ArtSimilarity.Features;
using ArtSimilarity.Galleries.Indexes;
using ArtSimilarity.Imaging;
using ArtSimilarity.Indexing;

namespace ArtSimilarity.Galleries.Searching;

/// <summary>Searches a gallery by signatures: in one feature space or in several at once.</summary>
internal sealed class GallerySearch(IGalleryStore store, GalleryIndexes indexes, GalleryOptions galleryOptions)
{
    private const int MaxAttempts = 100;

    /// <summary>So many regions are asked for at first for each work that is wanted: neighbouring windows see much the same.</summary>
    private const int FirstRegionsPerWork = 4;
    private readonly SharedWorksCache _sharedWorks = new(store);
    private readonly WorkSignatures _signatures = new(store, galleryOptions.Metric);
    private readonly PairDistancesCache _pairs = new(store, new WorkSignatures(store, galleryOptions.Metric));

    /// <summary>Never disposed of: it holds nothing here, and a late caller shall not fail on it.</summary>
    private SemaphoreSlim Turns { get; } = new(galleryOptions.MaxConcurrentSearches);

    /// <summary>Finds the works nearest to a query.</summary>
    /// <param name="query">The signatures to search by.</param>
    /// <param name="k">How many works, at least 1.</param>
    /// <param name="options">Filter and quality.</param>
    /// <param name="held">What the store holds, read when the search began.</param>
    /// <param name="extraction">The time spent on the query's signatures.</param>
    /// <param name="warnings">What is to be known of the query's image.</param>
    /// <param name="cancellationToken">Cancels the search.</param>
    public async Task<GallerySearchResult> FindAsync(
        SearchedQuery query, int k, GallerySearchOptions options, IReadOnlyList<FeatureSpaceSummary> held, TimeSpan extraction, IReadOnlyList<string> warnings, CancellationToken cancellationToken)
    {
        query = InRegions(query, options, held);
        FeatureSpaceSummary[]? summaries = SummariesOf(query.Spaces, held);
        if (!Turns.Wait(0, cancellationToken))
        {
            // The answer is as of the time when the search's turn has come: it sees no less for having waited.
            await Turns.WaitAsync(cancellationToken).ConfigureAwait(false);
            summaries = null;
        }

        try
        {
            return options.IsRefined
                ? await new RefinedSearch(this, store, _signatures, _pairs, galleryOptions.Metric, query, options).FindAsync(k, extraction, warnings, cancellationToken).ConfigureAwait(false)
                : await FindNowAsync(query, k, options, summaries, extraction, warnings, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            Turns.Release();
        }
    }

    /// <summary>The query in the space of the regions, where these are to be searched.</summary>
    private static SearchedQuery InRegions(SearchedQuery query, GallerySearchOptions options, IReadOnlyList<FeatureSpaceSummary> held)
    {
        if (options.Regions is not RegionLayout layout)
        {
            return Array.Find(query.Spaces, space => RegionLayout.IsOfRegions(space.Space)) is SpaceWeight ofRegions
                ? throw new FeatureSpaceMismatchException($"{ofRegions.Space} is of regions: search the space of the whole images with {nameof(GallerySearchOptions.Regions)}.")
                : query;
        }

        if (query.Spaces.Length > 1)
        {
            throw new NotSupportedException("Regions are searched in one feature space at a time.");
        }

        if (options.IsReordered || options.IncludeStatistics || options.MaxPercentile is not null)
        {
            throw new NotSupportedException($"A search in regions can leave works out, but neither reorder its results nor explain their distances.");
        }

        FeatureSpace space = layout.SpaceOf(query.Spaces[0].Space);
        return held.Count == 0 || held.Any(summary => summary.Space == space)
            ? query with { Spaces = [new SpaceWeight(space)] }
            : throw new FeatureSpaceMismatchException($"The gallery has no regions '{layout.Name}' of {query.Spaces[0].Space}: add its works with {nameof(AddOptions)}.{nameof(AddOptions.Regions)}.");
    }

    /// <summary>Finds the nearest works, and does no more. The caller has the turn.</summary>
    public async Task<GallerySearchResult> FindNowAsync(
        SearchedQuery query, int k, GallerySearchOptions options, FeatureSpaceSummary[]? summaries, TimeSpan extraction, IReadOnlyList<string> warnings, CancellationToken cancellationToken)
    {
        string[] left = options.IncludeQuery ? [] : query.OwnKeys;
        int wanted = (int)Math.Min(int.MaxValue, (long)k + left.Length);
        if (options.Regions is not null)
        {
            wanted = (int)Math.Min(int.MaxValue, wanted * (long)FirstRegionsPerWork);
        }

        for (int attempt = 1; ; attempt++)
        {
            summaries ??= SummariesOf(query.Spaces, await store.GetFeatureSpacesAsync(cancellationToken).ConfigureAwait(false));
            var clock = new Stopwatch();
            FoundSignatures found = await FindSignaturesAsync(summaries, query, wanted, options, clock, cancellationToken).ConfigureAwait(false);
            IReadOnlyList<Painting?> paintings =
                await store.GetPaintingsAsync(query.Spaces[0].Space, [.. found.Neighbors.Select(neighbor => neighbor.Id)], cancellationToken).ConfigureAwait(false);

            // A work removed since the search began has no painting any more: its place belongs to the next one, or to itself where
            // it was replaced. A new search finds either; only a writer faster than a search could prevent that for ever.
            if ((found.IsStale || paintings.Contains(null)) && attempt < MaxAttempts)
            {
                summaries = null;
                continue;
            }

            if (paintings.Contains(null))
            {
                throw new GalleryStoreException($"The gallery has signatures without a work, however often it is asked ({MaxAttempts} times): it is damaged, or its file is being written over.");
            }

            List<SimilarPainting> results = new(found.Neighbors.Count);
            HashSet<string>? seen = options.Regions is null ? null : new(StringComparer.Ordinal);
            for (int i = 0; i < found.Neighbors.Count && results.Count < k; i++)
            {
                Painting painting = paintings[i]!;
                if (Array.IndexOf(left, painting.Key) < 0 && seen?.Add(painting.Key) != false)
                {
                    float distance = found.Neighbors[i].Distance;
                    results.Add(new SimilarPainting(painting, distance, galleryOptions.Metric.Similarity(distance), found.Details?[i]));
                }
            }

            // Too many were regions of the same works.
            if (seen is not null && results.Count < k && found.Neighbors.Count >= wanted && wanted < int.MaxValue)
            {
                (wanted, summaries, attempt) = ((int)Math.Min(int.MaxValue, wanted * 4L), null, 0);
                continue;
            }

            if (seen is not null)
            {
                await PlaceAsync(results, query, cancellationToken).ConfigureAwait(false);
            }

            return new GallerySearchResult
            {
                Results = results,
                Spaces = query.Spaces,
                IsExact = found.IsExact,
                ExtractionTime = extraction,
                SearchTime = clock.Elapsed,
                Warnings = warnings,
                WorkCount = options.Regions is RegionLayout layout ? found.WorkCount / layout.Regions.Count : found.WorkCount,
            };
        }
    }

    /// <summary>Says where in each work the match lies, from all of its windows.</summary>
    private async ValueTask PlaceAsync(List<SimilarPainting> results, SearchedQuery query, CancellationToken cancellationToken)
    {
        for (int i = 0; i < results.Count; i++)
        {
            SimilarPainting result = results[i];
            ReadOnlyMemory<float> view = query.Vectors[query.Shape.ViewNumber((result.PartIndex, result.ViewIndex))];
            IReadOnlyList<Signature> ofWork = await store.GetAllSignaturesAsync(query.Spaces[0].Space, result.Painting.Key, cancellationToken).ConfigureAwait(false);
            results[i] = new SimilarPainting(
                result.Painting, result.Distance, result.Similarity,
                new ResultDetails { SpaceDistances = result.SpaceDistances, PartIndex = result.PartIndex, ViewIndex = result.ViewIndex, Region = RegionPlace.Estimate(galleryOptions.Metric, view.Span, ofWork) });
        }
    }

    /// <summary>The works of the whole gallery that are nearest to one of its works, as ids in the first space, with the work itself.</summary>
    public async ValueTask<ArraySegment<Neighbor>> FindNeighborsAsync(
        SpaceWeight[] spaces, float[][] vectors, int k, double? quality, CancellationToken cancellationToken)
    {
        FeatureSpaceSummary[] summaries = SummariesOf(spaces, await store.GetFeatureSpacesAsync(cancellationToken).ConfigureAwait(false));
        var query = new SearchedQuery(spaces, Array.ConvertAll(vectors, vector => (ReadOnlyMemory<float>)vector), null);
        return (await FindSignaturesAsync(summaries, query, k, new GallerySearchOptions { Quality = quality }, new Stopwatch(), cancellationToken).ConfigureAwait(false)).Neighbors;
    }

    private ValueTask<FoundSignatures> FindSignaturesAsync(
        FeatureSpaceSummary[] summaries, SearchedQuery query, int k, GallerySearchOptions options, Stopwatch clock, CancellationToken cancellationToken) => query.IsPlain
        ? FindInOneAsync(summaries[0], query.Vectors[0], k, options, clock, cancellationToken)
        : FindCombinedAsync(summaries, query, k, options, clock, cancellationToken);

    private async ValueTask<FoundSignatures> FindInOneAsync(
        FeatureSpaceSummary summary, ReadOnlyMemory<float> vector, int k, GallerySearchOptions options, Stopwatch clock, CancellationToken cancellationToken)
    {
        LiveIndex index = await HoldAsync(summary, options, cancellationToken).ConfigureAwait(false);
        try
        {
            clock.Start();
            IdSet? allowed = await SelectAsync(summary.Space, options, cancellationToken).ConfigureAwait(false);
            ArraySegment<Neighbor> found = await index.SearchAsync(vector, k, allowed, options.Quality, cancellationToken).ConfigureAwait(false);
            return new FoundSignatures(found, null, index.IsExact(options.Quality), summary.Count, IsStale: false);
        }
        finally
        {
            index.Release();
        }
    }

    private async ValueTask<FoundSignatures> FindCombinedAsync(
        FeatureSpaceSummary[] summaries, SearchedQuery query, int k, GallerySearchOptions options, Stopwatch clock, CancellationToken cancellationToken)
    {
        // The works before the indexes: what an index lacks of them was then removed or replaced since, and a new attempt is due.
        SharedWorks? works = summaries.Length == 1 ? null : await _sharedWorks.GetAsync(summaries, cancellationToken).ConfigureAwait(false);
        var indexes = new LiveIndex[summaries.Length];
        try
        {
            for (int i = 0; i < indexes.Length; i++)
            {
                indexes[i] = await HoldAsync(summaries[i], options, cancellationToken).ConfigureAwait(false);
            }

            clock.Start();
            IdSet? allowed = await SelectAsync(summaries[0].Space, options, cancellationToken).ConfigureAwait(false);
            FoundSignatures found = await new CombinedSearch(works, indexes, query, galleryOptions.Metric).FindAsync(k, allowed, options.Quality, cancellationToken).ConfigureAwait(false);
            return works is null ? found with { WorkCount = summaries[0].Count } : found;
        }
        finally
        {
            foreach (LiveIndex? index in indexes)
            {
                index?.Release();
            }
        }
    }

    private async ValueTask<IdSet?> SelectAsync(FeatureSpace space, GallerySearchOptions options, CancellationToken cancellationToken) =>
        options.Filter is { IsEmpty: false } filter ? await store.SelectAsync(space, filter, cancellationToken).ConfigureAwait(false) : null;

    /// <summary>The index of a space, in step with the store; the caller releases it.</summary>
    /// <exception cref="NotSupportedException">A quality below 1 is demanded of an index that cannot be tuned.</exception>
    public async ValueTask<LiveIndex> HoldAsync(FeatureSpaceSummary summary, GallerySearchOptions options, CancellationToken cancellationToken)
    {
        SpaceIndex space = indexes.Of(summary.Space);
        LiveIndex index = await space.HoldAsync(options.IsExact, summary, cancellationToken).ConfigureAwait(false);
        if (index.CanReach(options.Quality))
        {
            return index;
        }

        index.Release();
        throw new NotSupportedException($"The gallery's index cannot be searched by a demanded quality: its accuracy is {nameof(VectorIndexAccuracy.Fixed)}. Demand none, or 1 for an exact search.");
    }

    private static FeatureSpaceSummary[] SummariesOf(SpaceWeight[] spaces, IReadOnlyList<FeatureSpaceSummary> held) => Array.ConvertAll(
        spaces, space => held.FirstOrDefault(summary => summary.Space == space.Space) ?? new FeatureSpaceSummary(space.Space, 0, default));
}
