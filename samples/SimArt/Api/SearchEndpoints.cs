using ArtSimilarity;
using ArtSimilarity.Duplicates;
using ArtSimilarity.Galleries;
using ArtSimilarity.Imaging;
using ArtSimilarity.Recognition;
using SimArt.Collections;
using SimArt.Pictures;

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

        IReadOnlyList<(SearchSpace Space, double Weight)> spaces = SpacesOf(request, collection);
        (GalleryQuery query, IReadOnlyList<PhotoView>?[] views) = await builder.BuildAsync(request, spaces, cancellationToken);
        CatalogueSnapshot catalogue = await collection.Catalogue.CurrentAsync(cancellationToken);
        bool sameArtist = request.SameArtist, sameTitle = request.SameTitle;
        GallerySearchResult found = await collection.Gallery.SearchAsync(
            query,
            request.Fold ? Math.Min(MaxResults, request.K + (request.K / 2)) : request.K,
            new GallerySearchOptions
            {
                Spaces = [.. spaces.Select(space => new SpaceWeight(space.Space.Space, space.Weight))],
                Filter = await FilterQuery.ToPaintingFilterAsync(FilterQuery.Checked(request.Filter), collection.Catalogue, cancellationToken),
                LeaveOut = sameArtist && sameTitle ? null : new ResultExclusions { SameArtist = !sameArtist, SameTitle = !sameTitle },
                Regions = request.InRegions ? RegionLayout.Default : null,
                Diversity = request.InRegions ? 0 : request.Surprise,
                IncludeStatistics = !request.InRegions,
                MaxPercentile = request.InRegions ? null : 100 - request.Relevance,
            },
            cancellationToken);

        IReadOnlyList<FoldedResult> folded = request.Fold
            ? await ResultFolding.FoldAsync(found.Results, collection.DuplicateVerifier, request.K, cancellationToken)
            : [.. found.Results.Select(result => new FoldedResult(result, []))];
        return new SearchAnswer(
            [.. folded.Select((result, index) => Result(result, index, views, catalogue))],
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
        PaintingFilter? filter = await FilterQuery.ToPaintingFilterAsync(FilterQuery.Checked(request.Filter), collection.Catalogue, cancellationToken);
        Identification found = await workshop.RunAsync(ct => collection.Identifier.IdentifyAsync(upload.Source, filter, ct), cancellationToken);
        CatalogueSnapshot catalogue = await collection.Catalogue.CurrentAsync(cancellationToken);
        return new IdentifyAnswer(
            found.Match is null ? null : Candidate(found.Match, catalogue), found.Probability, [.. found.Candidates.Select(candidate => Candidate(candidate, catalogue))], found.Elapsed.TotalSeconds);
    }

    private static async Task<LinkAnswer> LinkAsync(Collection collection, CancellationToken cancellationToken, string? a = null, string? b = null, string? space = null)
    {
        SearchSpace searched = collection.SpaceOf(space);
        CatalogueWork first = await collection.WorkOfAsync(a, cancellationToken, "a"), second = await collection.WorkOfAsync(b, cancellationToken, "b");
        var options = new GallerySearchOptions
        {
            Spaces = [searched.Space],
            Filter = new PaintingFilter { Keys = [second.Painting.Key] },
            IncludeStatistics = true,
            IncludeQuery = true,
            Quality = 1,
        };
        GallerySearchResult found = await collection.Gallery.SearchByKeyAsync(first.Painting.Key, 1, options, cancellationToken);
        if (found.Results is not [SimilarPainting result])
        {
            throw ApiException.NotFound($"The work '{Shown.Text(second.Painting.Key)}' has no signature in the space '{searched.Id}'.", "b");
        }

        // The rank of a result counts the works that pass the filter; that from the other side counts all works, so it is asked for both ways round.
        GallerySearchResult back = await collection.Gallery.SearchByKeyAsync(
            second.Painting.Key, 1, new GallerySearchOptions { Spaces = [searched.Space], Filter = new PaintingFilter { Keys = [first.Painting.Key] }, IncludeStatistics = true, IncludeQuery = true, Quality = 1 }, cancellationToken);
        IReadOnlyList<FeatureSpaceSummary> held = await collection.Gallery.Store.GetFeatureSpacesAsync(cancellationToken);
        return new LinkAnswer(
            Shown.Work(first),
            Shown.Work(second),
            searched.Id,
            searched.ModelHash,
            result.Distance,
            back.Results is [SimilarPainting other] ? other.Statistics?.ReverseRank : null,
            result.Statistics?.ReverseRank,
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

    private static ResultAnswer Result(FoldedResult folded, int index, IReadOnlyList<PhotoView>?[] views, CatalogueSnapshot catalogue)
    {
        SimilarPainting result = folded.Result;
        ResultStatistics? statistics = result.Statistics;
        return new ResultAnswer(
            Shown.Work(result.Painting, catalogue),
            statistics?.Rank ?? index + 1,
            result.Distance,
            result.Similarity,
            100 - statistics?.Percentile,
            statistics?.ReverseRank,
            statistics?.HubCorrectedScore,
            result.Region is ImageRegion region ? Shown.Numbers(region) : null,
            result.PartIndex,
            views[result.PartIndex] is IReadOnlyList<PhotoView> ofPart && result.ViewIndex < ofPart.Count ? ViewText(ofPart[result.ViewIndex]) : null,
            [.. folded.Copies.Select(copy => new CopyAnswer(Shown.Work(copy.Painting, catalogue), copy.Distance))]);
    }

    private static string ViewText(PhotoView view) => (view.IsMirrored ? "mirrored, " : "") + view.Kind switch
    {
        PhotoViewKind.FoundPicture => "the picture found in the photograph",
        PhotoViewKind.InsideFoundPicture => "inside the frame found in the photograph",
        PhotoViewKind.Crop => "a part of the photograph",
        _ => "the whole photograph",
    };

    private static CandidateAnswer Candidate(IdentifiedCandidate candidate, CatalogueSnapshot catalogue)
    {
        GeometricMatch? match = candidate.Match;
        Quadrilateral? outline = match?.Outline;
        return new CandidateAnswer(
            Shown.Work(candidate.Painting, catalogue),
            candidate.Probability,
            match?.Inliers,
            outline is Quadrilateral corners ? [.. ((ImagePoint[])[corners.TopLeft, corners.TopRight, corners.BottomRight, corners.BottomLeft]).Select(point => (double[])[point.X, point.Y])] : null,
            match is null ? null : Shown.Numbers(match.VisibleRegion),
            candidate.IsMirrored,
            candidate.Similar.Distance,
            candidate.Problem is null ? null : "The picture of this work cannot be opened.");
    }
}
