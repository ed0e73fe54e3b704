using System.Diagnostics;
using ArtSimilarity.Features;
using ArtSimilarity.Galleries.Indexes;
using ArtSimilarity.Indexing;

namespace ArtSimilarity.Galleries.Searching;

/// <summary>Searches a gallery by signatures: in one feature space or in several at once.</summary>
internal sealed class GallerySearch(IGalleryStore store, GalleryIndexes indexes, GalleryOptions galleryOptions)
{
    private const int MaxAttempts = 100;
    private readonly SharedWorksCache _sharedWorks = new(store);

    /// <summary>Never disposed of: it holds nothing here, and a late caller shall not fail on it.</summary>
    private SemaphoreSlim Turns { get; } = new(galleryOptions.MaxConcurrentSearches);

    /// <summary>Finds the works nearest to a query.</summary>
    /// <param name="spaces">The spaces to search, with weights that sum to 1.</param>
    /// <param name="vectors">The query's signature in each.</param>
    /// <param name="exclude">The key of a work that is not to be returned.</param>
    /// <param name="k">How many works, at least 1.</param>
    /// <param name="options">Filter and quality.</param>
    /// <param name="held">What the store holds, read when the search began.</param>
    /// <param name="extraction">The time spent on the query's signatures.</param>
    /// <param name="warnings">What is to be known of the query's image.</param>
    /// <param name="cancellationToken">Cancels the search.</param>
    public async Task<GallerySearchResult> FindAsync(
        SpaceWeight[] spaces, ReadOnlyMemory<float>[] vectors, string? exclude, int k, GallerySearchOptions options, IReadOnlyList<FeatureSpaceSummary> held, TimeSpan extraction, IReadOnlyList<string> warnings, CancellationToken cancellationToken)
    {
        FeatureSpaceSummary[]? summaries = SummariesOf(spaces, held);
        if (!Turns.Wait(0, cancellationToken))
        {
            // The answer is as of the time when the search's turn has come: it sees no less for having waited.
            await Turns.WaitAsync(cancellationToken).ConfigureAwait(false);
            summaries = null;
        }

        try
        {
            return await FindNowAsync(spaces, vectors, exclude, k, options, summaries, extraction, warnings, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            Turns.Release();
        }
    }

    private async Task<GallerySearchResult> FindNowAsync(
        SpaceWeight[] spaces, ReadOnlyMemory<float>[] vectors, string? exclude, int k, GallerySearchOptions options, FeatureSpaceSummary[]? summaries, TimeSpan extraction, IReadOnlyList<string> warnings, CancellationToken cancellationToken)
    {
        int wanted = exclude is null || k == int.MaxValue ? k : k + 1;
        for (int attempt = 1; ; attempt++)
        {
            summaries ??= SummariesOf(spaces, await store.GetFeatureSpacesAsync(cancellationToken).ConfigureAwait(false));
            var clock = new Stopwatch();
            FoundSignatures found = spaces.Length == 1
                ? await FindInOneAsync(summaries[0], vectors[0], wanted, options, clock, cancellationToken).ConfigureAwait(false)
                : await FindInSeveralAsync(summaries, spaces, vectors, wanted, options, clock, cancellationToken).ConfigureAwait(false);
            IReadOnlyList<Painting?> paintings =
                await store.GetPaintingsAsync(spaces[0].Space, [.. found.Neighbors.Select(neighbor => neighbor.Id)], cancellationToken).ConfigureAwait(false);

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
            for (int i = 0; i < found.Neighbors.Count && results.Count < k; i++)
            {
                Painting painting = paintings[i]!;
                if (painting.Key != exclude)
                {
                    float distance = found.Neighbors[i].Distance;
                    results.Add(new SimilarPainting(painting, distance, galleryOptions.Metric.Similarity(distance), found.SpaceDistances?[i]));
                }
            }

            return new GallerySearchResult
            {
                Results = results,
                Spaces = spaces,
                IsExact = found.IsExact,
                ExtractionTime = extraction,
                SearchTime = clock.Elapsed,
                Warnings = warnings,
                WorkCount = found.WorkCount,
            };
        }
    }

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

    private async ValueTask<FoundSignatures> FindInSeveralAsync(
        FeatureSpaceSummary[] summaries, SpaceWeight[] spaces, ReadOnlyMemory<float>[] vectors, int k, GallerySearchOptions options, Stopwatch clock, CancellationToken cancellationToken)
    {
        // The works before the indexes: what an index lacks of them was then removed or replaced since, and a new attempt is due.
        SharedWorks works = await _sharedWorks.GetAsync(summaries, cancellationToken).ConfigureAwait(false);
        var indexes = new LiveIndex[spaces.Length];
        try
        {
            for (int i = 0; i < spaces.Length; i++)
            {
                indexes[i] = await HoldAsync(summaries[i], options, cancellationToken).ConfigureAwait(false);
            }

            clock.Start();
            IdSet? allowed = await SelectAsync(spaces[0].Space, options, cancellationToken).ConfigureAwait(false);
            return await new CombinedSearch(works, indexes, spaces, vectors, galleryOptions.Metric).FindAsync(k, allowed, options.Quality, cancellationToken).ConfigureAwait(false);
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
