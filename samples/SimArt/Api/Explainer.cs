using ArtSimilarity.Explaining;

namespace SimArt.Api;

/// <summary>Why two pictures are alike: what each place adds to the similarity, and where a place of one is in the other.</summary>
internal sealed class Explainer(Collection collection, Uploads uploads, Workshop workshop)
{
    public static void Map(RouteGroupBuilder api)
    {
        api.MapPost("/explain", (ExplainRequest request, Explainer explainer, CancellationToken cancellationToken) => explainer.ExplainAsync(request, cancellationToken))
            .WithSummary("What each place of two pictures adds to their similarity.").WithDescription("The values of each picture and the bias add up to the similarity.").RequireRateLimiting(Limits.Heavy);
        api.MapPost("/explain/points", (PointsRequest request, Explainer explainer, CancellationToken cancellationToken) => explainer.PointsAsync(request, cancellationToken))
            .WithSummary("The places of b that look most like a point of a.").RequireRateLimiting(Limits.Heavy);
    }

    public async Task<ExplainAnswer> ExplainAsync(ExplainRequest request, CancellationToken cancellationToken)
    {
        SimilarityExplanation why = await CompareAsync(request.A, request.B, request.Space, cancellationToken);
        return new ExplainAnswer(why.Similarity, why.BiasShare, Heat(why.HeatOfA), Heat(why.HeatOfB));
    }

    public async Task<PointsAnswer> PointsAsync(PointsRequest request, CancellationToken cancellationToken)
    {
        if (request.X is not (>= 0 and <= 1) || request.Y is not (>= 0 and <= 1) || request.Count is < 1 or > 50)
        {
            throw ApiException.BadRequest("x and y are 0 to 1, and count is 1 to 50.", request.Count is < 1 or > 50 ? "count" : "x");
        }

        SimilarityExplanation why = await CompareAsync(request.A, request.B, request.Space, cancellationToken);
        return new PointsAnswer([.. why.CorrespondencesOf(request.X, request.Y, request.Count).Select(place => new PointAnswer(Shown.Numbers(place.Cell), place.Cosine, place.Contribution))]);
    }

    private async Task<SimilarityExplanation> CompareAsync(PictureReference? a, PictureReference? b, string? space, CancellationToken cancellationToken)
    {
        SearchSpace asked = collection.SpaceOf(space);
        if (asked.Extractor is not IFeatureMapExtractor extractor)
        {
            throw new ApiException(StatusCodes.Status409Conflict, "This space cannot be decomposed", $"The space '{asked.Id}' has no network that says where in a picture it looks.", "space");
        }

        (ImageSource Source, ImageRegion? Region) first = await OpenAsync(a, "a", cancellationToken), second = await OpenAsync(b, "b", cancellationToken);
        try
        {
            return await workshop.RunAsync(
                async ct => SimilarityExplanation.Explain(await DecomposeAsync(extractor, first, ct), await DecomposeAsync(extractor, second, ct)), cancellationToken);
        }
        catch (FeatureMapNotSupportedException)
        {
            throw new ApiException(StatusCodes.Status409Conflict, "This space cannot be decomposed", $"The model of the space '{asked.Id}' does not end in an average over the picture and linear layers.", "space");
        }
    }

    private async Task<SignatureDecomposition> DecomposeAsync(IFeatureMapExtractor extractor, (ImageSource Source, ImageRegion? Region) picture, CancellationToken cancellationToken)
    {
        using RgbImage image = await collection.Decoder.DecodeAsync(picture.Source, extractor.InputSize, picture.Region, cancellationToken);
        return await extractor.DecomposeAsync(image, cancellationToken: cancellationToken);
    }

    private async Task<(ImageSource Source, ImageRegion? Region)> OpenAsync(PictureReference? picture, string field, CancellationToken cancellationToken) => (
        (picture?.Key, picture?.Upload) switch
        {
            (string key, null) => await collection.OpenPictureAsync((await collection.WorkOfAsync(key, cancellationToken, field + ".key")).Painting, cancellationToken),
            (null, string id) => uploads.Get(id, field + ".upload").Source,
            _ => throw ApiException.BadRequest("A picture is named either by the key of a work or as an upload.", field),
        },
        Shown.Region(picture?.Region, field + ".region"));

    private static HeatAnswer Heat(ContributionMap map) => new(map.Width, map.Height, map.Values);
}
