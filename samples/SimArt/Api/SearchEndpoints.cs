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
        api.MapGet("/link", LinkAsync).WithSummary("How two works stand to each other, to be cited: distance, both ranks, model and settings.");
    }

    public static async Task<SearchAnswer> SearchAsync(
        SearchRequest request, Collection collection, QueryBuilder builder, CancellationToken cancellationToken)
    {
        if (request.K is < 1 or > MaxResults)
        {
            throw ApiException.BadRequest($"k is 1 to {MaxResults}.", "k");
        }

        if (request.Surprise is not (>= 0 and <= 1) || request.Relevance is not (null or (>= 0 and <= 100)))
        {
            throw ApiException.BadRequest("surprise is 0 to 1, and relevance is 0 to 100.", request.Surprise is >= 0 and <= 1 ? "relevance" : "surprise");
        }

        List<(SearchSpace Space, double Weight)> spaces = SpacesOf(request, collection);
        (GalleryQuery query, IReadOnlyList<PhotoView>?[] views) = await builder.BuildAsync(request, spaces, cancellationToken);
        BrowsedWorks works = await collection.WorksAsync(cancellationToken);
        bool sameArtist = request.SameArtist, sameTitle = request.SameTitle;
        GallerySearchResult found = await collection.Gallery.SearchAsync(
            query,
            request.Fold ? Math.Min(MaxResults, request.K + (request.K / 2)) : request.K,
            new GallerySearchOptions
            {
                Spaces = [.. spaces.Select(space => new SpaceWeight(space.Space.Space, space.Weight))],
                Filter = FilterQuery.ToPaintingFilter(FilterQuery.ToWorkQuery(request.Filter), works),
                LeaveOut = sameArtist && sameTitle ? null : new ResultExclusions { SameArtist = !sameArtist, SameTitle = !sameTitle },
                Regions = request.InRegions ? RegionLayout.Default : null,
                Diversity = request.InRegions ? 0 : request.Surprise,
                IncludeStatistics = request.Ranks && !request.InRegions,
                MaxPercentile = request.InRegions ? null : 100 - request.Relevance,
            },
            cancellationToken);

        IReadOnlyList<FoldedResult> folded = request.Fold
            ? await ResultFolding.FoldAsync(collection.Gallery, found.Results, collection.DuplicateOptions, spaces[0].Space.Space, request.K, cancellationToken)
            : [.. found.Results.Select(result => new FoldedResult(result, []))];
        return new SearchAnswer(
            [.. folded.Select((result, index) => Result(result, index, views, works))],
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
        Upload upload = uploads.Get(request.Upload);
        BrowsedWorks works = await collection.WorksAsync(cancellationToken);
        PaintingFilter? filter = FilterQuery.ToPaintingFilter(FilterQuery.ToWorkQuery(request.Filter), works);
        Identification found = await workshop.RunAsync(ct => collection.Identifier.IdentifyAsync(upload.Source, filter, ct), cancellationToken);
        return new IdentifyAnswer(
            found.Match is null ? null : Candidate(found.Match, works), found.Probability, [.. found.Candidates.Select(candidate => Candidate(candidate, works))], found.Elapsed.TotalSeconds);
    }

    private static async Task<LinkAnswer> LinkAsync(Collection collection, CancellationToken cancellationToken, string? a = null, string? b = null, string? space = null)
    {
        SearchSpace searched = collection.SpaceOf(space);
        BrowsedWork first = await collection.WorkOfAsync(a, cancellationToken, "a"), second = await collection.WorkOfAsync(b, cancellationToken, "b");
        if (first == second)
        {
            throw ApiException.BadRequest("A link is between two works.", "b");
        }

        WorkRelation relation = await WorkRelation.FindAsync(collection.Gallery, first.Painting.Key, second.Painting.Key, searched.Space, cancellationToken);
        IReadOnlyList<FeatureSpaceSummary> held = await collection.Gallery.Store.GetFeatureSpacesAsync(cancellationToken);
        return new LinkAnswer(
            Shown.Work(first),
            Shown.Work(second),
            searched.Id,
            searched.ModelHash,
            relation.Distance,
            relation.RankOfSecond,
            relation.RankOfFirst,
            new LinkSettings(held.FirstOrDefault(each => each.Space == searched.Space)?.Count ?? 0, "angular"),
            DateTimeOffset.UtcNow);
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

    private static ResultAnswer Result(FoldedResult folded, int index, IReadOnlyList<PhotoView>?[] views, BrowsedWorks works)
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
            result.PartIndex,
            views[result.PartIndex] is IReadOnlyList<PhotoView> ofPart && result.ViewIndex < ofPart.Count ? ViewText(ofPart[result.ViewIndex]) : null,
            [.. folded.Copies.Select(copy => new CopyAnswer(Shown.Work(copy.Painting, works), copy.Distance))]);
    }

    private static string ViewText(PhotoView view) => (view.IsMirrored ? "mirrored, " : "") + view.Kind switch
    {
        PhotoViewKind.FoundPicture => "the picture found in the photograph",
        PhotoViewKind.InsideFoundPicture => "inside the frame found in the photograph",
        PhotoViewKind.Crop => "a part of the photograph",
        _ => "the whole photograph",
    };

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
