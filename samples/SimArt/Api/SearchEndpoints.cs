using ArtSimilarity.Duplicates;
using ArtSimilarity.Recognition;

namespace SimArt.Api;

/// <summary>Look-alikes, "more like this, less like that", details, and which work a photograph shows.</summary>
internal static class SearchEndpoints
{
    private const int MaxResults = 200;

    public static void Map(RouteGroupBuilder api)
    {
        api.MapPost("/search", SearchAsync).WithSummary("Works that look like a question of one or more parts.")
            .WithDescription("Parts are works or uploads, or details of them, wanted or unwanted. percentile: how many per cent of the gallery's pairs of works are farther apart than the question and this result.");
        api.MapPost("/identify", IdentifyAsync).WithSummary("Which work an uploaded photograph shows, or that it shows none.").RequireRateLimiting(Limits.Heavy);
    }

    public static async Task<SearchAnswer> SearchAsync(SearchRequest request, Collection collection, QueryBuilder builder, Workshop workshop, CancellationToken cancellationToken)
    {
        if (request.K is < 1 or > MaxResults)
        {
            throw ApiException.BadRequest($"k is 1 to {MaxResults}.", "k");
        }

        if (request.InRegions && (request.Surprise > 0 || request.Relevance is not null))
        {
            throw ApiException.BadRequest("A search in the regions of works knows neither surprise nor relevance.", request.Surprise > 0 ? "surprise" : "relevance");
        }

        if (request.Surprise is not (>= 0 and <= 1) || request.Relevance is not (null or (>= 0 and <= 100)))
        {
            throw ApiException.BadRequest("surprise is 0 to 1, and relevance is 0 to 100.", request.Surprise is >= 0 and <= 1 ? "relevance" : "surprise");
        }

        List<(SearchSpace Space, double Weight)> spaces = SpacesOf(request, collection);
        int k = request.Fold ? Math.Min(MaxResults, request.K + (request.K / 2)) : request.K;
        Question question = await builder.BuildAsync(request, spaces, cancellationToken);
        BrowsedWorks works = await collection.WorksAsync(cancellationToken);
        GallerySearchOptions options = new()
        {
            Spaces = [.. spaces.Select(space => new SpaceWeight(space.Space.Space, space.Weight))],
            Filter = FilterQuery.ToPaintingFilter(FilterQuery.ToWorkQuery(request.Filter), works),
            LeaveOut = request is { SameArtist: true, SameTitle: true } ? null : new ResultExclusions { SameArtist = !request.SameArtist, SameTitle = !request.SameTitle },
            Regions = request.InRegions ? RegionLayout.Default : null,
            Diversity = request.Surprise,
            IncludeStatistics = request.Ranks && !request.InRegions,
            MaxPercentile = 100 - request.Relevance,
        };
        PhotoSearchResult? seen = question.Photo is not Upload photo ? null
            : await workshop.RunAsync(ct => collection.Identifier.SearchAsync(photo.Source, k, options, question.Parts, ct), cancellationToken);
        GallerySearchResult found = seen?.Views ?? await collection.Gallery.SearchAsync(new GalleryQuery(question.Parts), k, options, cancellationToken);
        IReadOnlyList<SimilarPainting> results = seen is null ? found.Results : [.. seen.Results.Select(candidate => candidate.Similar)];
        Dictionary<string, IdentifiedCandidate> views = seen?.Results.Where(candidate => candidate.View is not null).ToDictionary(candidate => candidate.Painting.Key, StringComparer.Ordinal) ?? [];
        SimilarPainting[] asked = request is { Fold: true, Parts: [{ Key: string key, Region: null }] } && works.Find(key) is BrowsedWork work ? [new SimilarPainting(work.Painting, 0, 1)] : [];
        IReadOnlyList<FoldedResult> folded = request.Fold
            ? await ResultFolding.FoldAsync(collection.Gallery, [.. asked, .. results], collection.DuplicateOptions, spaces[0].Space.Space, request.K + asked.Length, cancellationToken)
            : [.. results.Select(result => new FoldedResult(result, []))];
        IReadOnlyList<SimilarPainting> copies = asked.Length > 0 ? folded[0].Copies : []; // of the work that is asked by: results of their own
        IEnumerable<FoldedResult> shown = copies.Select(copy => new FoldedResult(copy, [])).Concat(folded.Skip(asked.Length)).Take(request.K);
        return new SearchAnswer(
            [.. shown.Select((result, index) => Result(result, index, question, views.GetValueOrDefault(result.Result.Painting.Key), works) with { Copy = index < copies.Count })],
            found.WorkCount,
            found.IsExact,
            found.ExtractionTime.TotalMilliseconds,
            found.SearchTime.TotalMilliseconds,
            found.Warnings,
            [.. spaces.Select(space => new SpaceChoice(space.Space.Id, space.Weight))]);
    }

    public static async Task<IdentifyAnswer> IdentifyAsync(
        IdentifyRequest request, Collection collection, Uploads uploads, Workshop workshop, CancellationToken cancellationToken)
    {
        ImageSource photo = uploads.Get(request.Upload).Source;
        BrowsedWorks works = await collection.WorksAsync(cancellationToken);
        PaintingFilter? filter = FilterQuery.ToPaintingFilter(FilterQuery.ToWorkQuery(request.Filter), works);
        Identification found = await workshop.RunAsync(ct => collection.Identifier.IdentifyAsync(photo, filter, ct), cancellationToken);
        return new IdentifyAnswer(
            found.Match is null ? null : Candidate(found.Match, works), found.Probability, [.. found.Candidates.Select(candidate => Candidate(candidate, works))], found.Elapsed.TotalSeconds);
    }

    private static List<(SearchSpace Space, double Weight)> SpacesOf(SearchRequest request, Collection collection)
    {
        if (request.Spaces is null or [])
        {
            return [(collection.Spaces[0], 1)];
        }

        List<(SearchSpace Space, double Weight)> spaces = [];
        for (int i = 0; i < request.Spaces.Length; i++)
        {
            SpaceChoice choice = request.Spaces[i] ?? throw ApiException.BadRequest("A space is null.", $"spaces[{i}]");
            if (!double.IsFinite(choice.Weight) || choice.Weight is < 0 or > 100)
            {
                throw ApiException.BadRequest("The weight of a space is 0 to 100.", $"spaces[{i}].weight");
            }

            SearchSpace space = collection.SpaceOf(choice.Id, $"spaces[{i}].id");
            if (spaces.Exists(other => other.Space == space))
            {
                throw ApiException.BadRequest($"The space '{space.Id}' is named twice.", $"spaces[{i}].id");
            }

            if (choice.Weight > 0)
            {
                spaces.Add((space, choice.Weight));
            }
        }

        return spaces.Count > 0 ? spaces : throw ApiException.BadRequest("No space has a weight above 0.", "spaces");
    }

    private static ResultAnswer Result(FoldedResult folded, int index, Question question, IdentifiedCandidate? seen, BrowsedWorks works)
    {
        SimilarPainting result = folded.Result;
        ResultStatistics? statistics = result.Statistics;
        return new ResultAnswer(
            Shown.Work(result.Painting, works),
            statistics?.Rank ?? index + 1,
            result.Distance,
            result.Similarity,
            100 - statistics?.Percentile,
            statistics?.ReverseRank,
            statistics?.HubCorrectedScore,
            result.Region is ImageRegion region ? Shown.Numbers(region) : null,
            question.PartOf(result.PartIndex),
            seen is null ? null : seen.View!.Description + (seen.IsVerified ? $"; {seen.Match!.Inliers} points of it lie where they lie in the work" : ""),
            [.. folded.Copies.Select(copy => new CopyAnswer(Shown.Work(copy.Painting, works), copy.Distance))]);
    }

    private static CandidateAnswer Candidate(IdentifiedCandidate candidate, BrowsedWorks works)
    {
        GeometricMatch? match = candidate.Match;
        Quadrilateral? outline = match?.Outline;
        return new CandidateAnswer(
            Shown.Work(candidate.Painting, works),
            candidate.Probability,
            match?.Inliers,
            outline is Quadrilateral corners ? [.. ((ImagePoint[])[corners.TopLeft, corners.TopRight, corners.BottomRight, corners.BottomLeft]).Select(point => (double[])[point.X, point.Y])] : null,
            match is null ? null : Shown.Numbers(match.VisibleRegion),
            candidate.IsMirrored,
            candidate.Similar.Distance,
            candidate.Problem is null ? null : "The picture of this work cannot be opened.");
    }
}
