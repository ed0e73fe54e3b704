using System.Diagnostics;
using ArtSimilarity.Features;
using ArtSimilarity.Indexing;

namespace ArtSimilarity.Galleries;

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
    /// <param name="extraction">The time spent on the query's signatures.</param>
    /// <param name="cancellationToken">Cancels the search.</param>
    public async Task<GallerySearchResult> FindAsync(
        SpaceWeight[] spaces, ReadOnlyMemory<float>[] vectors, string? exclude, int k, GallerySearchOptions options, TimeSpan extraction, CancellationToken cancellationToken)
    {
        // The answer is as of the time when the search's turn has come: it sees no less for having waited.
        await Turns.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return await FindNowAsync(spaces, vectors, exclude, k, options, extraction, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            Turns.Release();
        }
    }

    private async Task<GallerySearchResult> FindNowAsync(
        SpaceWeight[] spaces, ReadOnlyMemory<float>[] vectors, string? exclude, int k, GallerySearchOptions options, TimeSpan extraction, CancellationToken cancellationToken)
    {
        int wanted = exclude is null || k == int.MaxValue ? k : k + 1;
        for (int attempt = 1; ; attempt++)
        {
            var clock = new Stopwatch();
            FoundSignatures found = spaces.Length == 1
                ? await FindInOneAsync(spaces[0].Space, vectors[0], wanted, options, clock, cancellationToken).ConfigureAwait(false)
                : await FindInSeveralAsync(spaces, vectors, wanted, options, clock, cancellationToken).ConfigureAwait(false);
            IReadOnlyList<Painting?> paintings =
                await store.GetPaintingsAsync(spaces[0].Space, [.. found.Neighbors.Select(neighbor => neighbor.Id)], cancellationToken).ConfigureAwait(false);

            // A work removed since the search began has no painting any more: its place belongs to the next one, or to itself where
            // it was replaced. A new search finds either; only a writer faster than a search could prevent that for ever.
            if ((found.IsStale || paintings.Contains(null)) && attempt < MaxAttempts)
            {
                continue;
            }

            List<SimilarPainting> results = new(found.Neighbors.Count);
            for (int i = 0; i < found.Neighbors.Count && results.Count < k; i++)
            {
                if (paintings[i] is Painting painting && painting.Key != exclude)
                {
                    float distance = found.Neighbors[i].Distance;
                    var result = new SimilarPainting(painting, distance, galleryOptions.Metric.Similarity(distance));
                    results.Add(found.SpaceDistances is null ? result : result with { SpaceDistances = found.SpaceDistances[i] });
                }
            }

            return new GallerySearchResult(results, spaces[0].Space, found.IsExact, extraction, clock.Elapsed) { Spaces = spaces };
        }
    }

    private async ValueTask<FoundSignatures> FindInOneAsync(
        FeatureSpace space, ReadOnlyMemory<float> vector, int k, GallerySearchOptions options, Stopwatch clock, CancellationToken cancellationToken)
    {
        using IndexLease lease = await LeaseAsync(space, options, cancellationToken).ConfigureAwait(false);
        clock.Start();
        IdSet? allowed = await SelectAsync(space, options, cancellationToken).ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
        return new FoundSignatures(lease.Search(vector.Span, k, allowed, options.Quality, cancellationToken), null, lease.IsExact(options.Quality), IsStale: false);
    }

    private async ValueTask<FoundSignatures> FindInSeveralAsync(
        SpaceWeight[] spaces, ReadOnlyMemory<float>[] vectors, int k, GallerySearchOptions options, Stopwatch clock, CancellationToken cancellationToken)
    {
        // The works before the indexes: what an index lacks of them was then removed or replaced since, and a new attempt is due.
        SharedWorks works = await _sharedWorks.GetAsync(Array.ConvertAll(spaces, space => space.Space), cancellationToken).ConfigureAwait(false);
        var leases = new IndexLease[spaces.Length];
        try
        {
            for (int i = 0; i < spaces.Length; i++)
            {
                leases[i] = await LeaseAsync(spaces[i].Space, options, cancellationToken).ConfigureAwait(false);
            }

            clock.Start();
            IdSet? allowed = await SelectAsync(spaces[0].Space, options, cancellationToken).ConfigureAwait(false);
            return new CombinedSearch(works, leases, spaces, vectors, galleryOptions.Metric).Find(k, allowed, options.Quality, cancellationToken);
        }
        finally
        {
            foreach (IndexLease? lease in leases)
            {
                lease?.Dispose();
            }
        }
    }

    private async ValueTask<IdSet?> SelectAsync(FeatureSpace space, GallerySearchOptions options, CancellationToken cancellationToken) =>
        options.Filter is { IsEmpty: false } filter ? await store.SelectAsync(space, filter, cancellationToken).ConfigureAwait(false) : null;

    private async ValueTask<IndexLease> LeaseAsync(FeatureSpace space, GallerySearchOptions options, CancellationToken cancellationToken)
    {
        IndexLease lease = await indexes.LeaseAsync(space, options.Exact, cancellationToken).ConfigureAwait(false);
        if (lease.CanSearch(options.Quality))
        {
            return lease;
        }

        lease.Dispose();
        return options.Quality == 1
            ? await indexes.LeaseAsync(space, exact: true, cancellationToken).ConfigureAwait(false)
            : throw new NotSupportedException($"The gallery's index cannot be searched by a demanded quality: it is no {nameof(ITunableVectorIndex)}. Demand none, or 1 for an exact search.");
    }
}
