using System.Diagnostics;
using ArtSimilarity.Indexing;
using ArtSimilarity.Metrics;

namespace ArtSimilarity.Galleries.Searching;

/// <summary>One search that does more than find the nearest works: it leaves some out, limits, reorders, spreads and explains the numbers.</summary>
internal sealed class RefinedSearch(
    GallerySearch search, IGalleryStore store, WorkSignatures signatures, PairDistancesCache pairs, ISimilarityMetric metric, SearchedQuery query, GallerySearchOptions options)
{
    /// <summary>So many candidates for each result, and so many at least, are looked at where the order changes.</summary>
    private const int CandidatesPerResult = 5, LeastCandidates = 50;

    private readonly bool _reorders = options.IsReordered;
    private readonly bool _needsHubs = options.HubCorrected || options.IncludeStatistics;

    public async Task<GallerySearchResult> FindAsync(int k, TimeSpan extraction, IReadOnlyList<string> warnings, CancellationToken cancellationToken)
    {
        var clock = Stopwatch.StartNew();
        PairDistances? distances = options.IncludeStatistics || options.MaxPercentile is not null
            ? await pairs.GetAsync(query.Spaces, cancellationToken).ConfigureAwait(false)
            : null;
        Func<Painting, bool> isLeftOut = await ReadExclusionsAsync(cancellationToken).ConfigureAwait(false);
        int target = _reorders ? (int)Math.Min(int.MaxValue, Math.Max((long)k * CandidatesPerResult, LeastCandidates)) : k;
        int wanted = _needsHubs ? Math.Max(target, ResultStatistics.HubNeighbors) : target;
        while (true)
        {
            GallerySearchResult found = await search.FindNowAsync(query, wanted, options, null, extraction, warnings, cancellationToken).ConfigureAwait(false);
            IEnumerable<(SimilarPainting Result, int Rank)> ranked = found.Results.Select((result, i) => (result, i + 1));
            if (options.MaxPercentile is double most)
            {
                ranked = ranked.Where(work => !(distances!.PercentileOf(work.Result.Distance) > most));
            }

            Candidate[] candidates = [.. ranked.Where(work => !isLeftOut(work.Result.Painting)).Take(target).Select(work => new Candidate(work.Result, work.Rank))];
            bool isAtTheLimit = options.MaxPercentile is double limit && found.Results.Count > 0 && distances!.PercentileOf(found.Results[^1].Distance) > limit;
            if (candidates.Length < target && found.Results.Count >= wanted && !isAtTheLimit && wanted < int.MaxValue)
            {
                wanted = (int)Math.Min(int.MaxValue, wanted * 2L);
                continue;
            }

            double near = found.Results.Take(ResultStatistics.HubNeighbors).Select(result => (double)result.Similarity).DefaultIfEmpty().Average();
            candidates = await OrderAsync(candidates, k, near, cancellationToken).ConfigureAwait(false);
            if (options.IncludeStatistics)
            {
                await LookBackAsync(candidates, near, cancellationToken).ConfigureAwait(false);
            }

            return new GallerySearchResult
            {
                Results = [.. candidates.Select(candidate => options.IncludeStatistics ? candidate.Result.With(candidate.Statistics(distances!)) : candidate.Result)],
                Spaces = found.Spaces,
                IsExact = found.IsExact,
                ExtractionTime = extraction,
                SearchTime = clock.Elapsed,
                Warnings = warnings,
                WorkCount = found.WorkCount,
            };
        }
    }

    private async ValueTask<Func<Painting, bool>> ReadExclusionsAsync(CancellationToken cancellationToken)
    {
        if (options.LeaveOut is not ResultExclusions leaveOut)
        {
            return _ => false;
        }

        HashSet<string> keys = new(leaveOut.Keys, StringComparer.Ordinal);
        HashSet<string> artists = [.. leaveOut.Artists.Select(LabelFolding.Fold)], titles = [.. leaveOut.Titles.Select(LabelFolding.Fold)];
        if (query.WantedKeys.Length > 0 && (leaveOut.SameArtist || leaveOut.SameTitle || leaveOut.SameImage))
        {
            IReadOnlyDictionary<string, StoredWork> own = await store.FindAsync(query.WantedKeys, cancellationToken).ConfigureAwait(false);
            artists.UnionWith(own.Values.SelectMany(work => leaveOut.SameArtist ? work.Painting.Artists : []).Select(LabelFolding.Fold));
            titles.UnionWith(own.Values.Where(_ => leaveOut.SameTitle).Select(work => work.Painting.Title).OfType<string>().Select(LabelFolding.Fold));
            if (leaveOut.SameImage)
            {
                IReadOnlyList<StoredWork> copies = await store.FindByImageAsync([.. own.Values.Select(work => work.ContentHash)], [], cancellationToken).ConfigureAwait(false);
                keys.UnionWith(copies.Select(work => work.Painting.Key).Except(query.WantedKeys));
            }
        }

        return painting => keys.Contains(painting.Key)
            || (titles.Count > 0 && painting.Title is string title && titles.Contains(LabelFolding.Fold(title)))
            || (artists.Count > 0 && painting.Artists.Any(artist => artists.Contains(LabelFolding.Fold(artist))));
    }

    /// <summary>The best candidates in their order.</summary>
    private async ValueTask<Candidate[]> OrderAsync(Candidate[] candidates, int k, double near, CancellationToken cancellationToken)
    {
        if (_reorders || options.IncludeStatistics)
        {
            List<Candidate> read = [];
            foreach (Candidate candidate in candidates)
            {
                // A work that was removed since is no result any more.
                if (await signatures.TryReadAsync(candidate.Result.Painting.Key, query.Spaces, cancellationToken).ConfigureAwait(false) is (int id, float[][] vectors))
                {
                    (candidate.Id, candidate.Vectors) = (id, vectors);
                    read.Add(candidate);
                }
            }

            candidates = [.. read];
        }

        if (options.HubCorrected)
        {
            foreach (Candidate candidate in candidates)
            {
                ArraySegment<Neighbor> neighbors = await search.FindNeighborsAsync(
                    query.Spaces, candidate.Vectors, ResultStatistics.HubNeighbors + 1, options.Quality, cancellationToken).ConfigureAwait(false);
                candidate.SetHubs(metric, near, neighbors);
            }

            candidates = [.. candidates.OrderByDescending(candidate => candidate.HubCorrectedScore)]; // a stable sort: equal ones stay by distance
        }

        return options.Diversity > 0 ? Spread(candidates, k) : [.. candidates.Take(k)];
    }

    private Candidate[] Spread(Candidate[] candidates, int k)
    {
        List<Candidate> left = [.. candidates], chosen = [];
        double[] nearest = new double[candidates.Length]; // the similarity to the nearest that was chosen
        var places = candidates.Index().ToDictionary(each => each.Item, each => each.Index);
        Array.Fill(nearest, double.NegativeInfinity);
        while (chosen.Count < k && left.Count > 0)
        {
            Candidate best = chosen.Count == 0 ? left[0] : left.MaxBy(candidate =>
                ((1 - options.Diversity) * (options.HubCorrected ? candidate.HubCorrectedScore / 2 : candidate.Result.Similarity))
                - (options.Diversity * nearest[places[candidate]]))!;
            left.Remove(best);
            chosen.Add(best);
            foreach (Candidate other in left)
            {
                ref double similarity = ref nearest[places[other]];
                similarity = Math.Max(similarity, metric.Similarity(signatures.DistanceOf(query.Spaces, best.Vectors, other.Vectors)));
            }
        }

        return [.. chosen];
    }

    /// <summary>Looks from each result back at the query.</summary>
    private async ValueTask LookBackAsync(Candidate[] candidates, double near, CancellationToken cancellationToken)
    {
        HashSet<int> own = [];
        foreach (string key in query.OwnKeys)
        {
            if (await signatures.TryReadAsync(key, query.Spaces, cancellationToken).ConfigureAwait(false) is (int id, _))
            {
                own.Add(id);
            }
        }

        foreach (Candidate candidate in candidates)
        {
            // The work itself and the query's own works are found too, and do not count.
            int depth = ResultStatistics.MaxReverseRank + 1 + own.Count;
            ArraySegment<Neighbor> neighbors = await search.FindNeighborsAsync(query.Spaces, candidate.Vectors, depth, options.Quality, cancellationToken).ConfigureAwait(false);
            candidate.SetHubs(metric, near, neighbors);
            int nearer = neighbors.Count(neighbor => neighbor.Id != candidate.Id && !own.Contains(neighbor.Id) && neighbor.Distance < candidate.Result.Distance);
            candidate.ReverseRank = nearer < ResultStatistics.MaxReverseRank ? nearer + 1 : null;
        }
    }

    private sealed class Candidate(SimilarPainting result, int rank)
    {
        public SimilarPainting Result => result;

        public int Id { get; set; }

        public float[][] Vectors { get; set; } = [];

        public double HubCorrectedScore { get; private set; }

        public int? ReverseRank { get; set; }

        public void SetHubs(ISimilarityMetric metric, double near, ArraySegment<Neighbor> neighbors) =>
            HubCorrectedScore = (2 * result.Similarity) - near - neighbors
                .Where(neighbor => neighbor.Id != Id)
                .Take(ResultStatistics.HubNeighbors)
                .Select(neighbor => (double)metric.Similarity(neighbor.Distance))
                .DefaultIfEmpty()
                .Average();

        public ResultStatistics Statistics(PairDistances distances) => new()
        {
            Rank = rank,
            ReverseRank = ReverseRank,
            Percentile = distances.PercentileOf(result.Distance),
            HubCorrectedScore = HubCorrectedScore,
        };
    }
}
