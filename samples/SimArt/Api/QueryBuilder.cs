using ArtSimilarity.Recognition;

namespace SimArt.Api;

/// <summary>Turns the parts of a request into those of a query, and keeps the views of photographs to name them in answers.</summary>
internal sealed class QueryBuilder(Collection collection, Uploads uploads, Workshop workshop)
{
    private const int MaxParts = 20, PhotoSide = 640;

    /// <summary>The query, and for each part the views of its photograph, if it is one.</summary>
    public async Task<(GalleryQuery Query, IReadOnlyList<PhotoView>?[] Views)> BuildAsync(
        SearchRequest request, IReadOnlyList<(SearchSpace Space, double Weight)> spaces, CancellationToken cancellationToken)
    {
        if (request.Parts is not { Length: > 0 and <= MaxParts } parts)
        {
            throw ApiException.BadRequest($"A question has 1 to {MaxParts} parts.", "parts");
        }

        if (Array.TrueForAll(parts, part => part is null || part.Unwanted))
        {
            throw ApiException.BadRequest("A question needs at least one part that is wanted.", "parts");
        }

        var built = new QueryPart[parts.Length];
        var views = new IReadOnlyList<PhotoView>?[parts.Length];
        for (int i = 0; i < parts.Length; i++)
        {
            SearchPart part = parts[i] ?? throw ApiException.BadRequest("A part is null.", $"parts[{i}]");
            if (!double.IsFinite(part.Weight) || part.Weight is <= 0 or > 100)
            {
                throw ApiException.BadRequest("The weight of a part is above 0 and at most 100.", $"parts[{i}].weight");
            }

            ImageRegion? region = Shown.Region(part.Region, $"parts[{i}].region");
            QueryPart one = (part.Key, part.Upload) switch
            {
                (string key, null) => QueryPart.OfWork((await collection.WorkOfAsync(key, cancellationToken, $"parts[{i}].key")).Painting.Key, region),
                (null, string id) when request.Photo && region is null => await PhotoAsync(uploads.Get(id), i, views, spaces, cancellationToken),
                (null, string id) => QueryPart.OfSignatures([.. await SignaturesAsync(uploads.Get(id), region, spaces, cancellationToken)]),
                _ => throw ApiException.BadRequest("A part names either a work by its key or an upload.", $"parts[{i}]"),
            };
            if (region is not null && part.Key is not null)
            {
                spaces.ToList().ForEach(space => ThrowIfNoImages(space.Space));
            }

            built[i] = new QueryPart(one.Views) { IsWanted = !part.Unwanted, Weight = part.Weight };
        }

        return (new GalleryQuery(built), views);
    }

    private async Task<List<Signature>> SignaturesAsync(
        Upload upload, ImageRegion? region, IReadOnlyList<(SearchSpace Space, double Weight)> spaces, CancellationToken cancellationToken)
    {
        List<Signature> signatures = [];
        foreach ((SearchSpace space, _) in spaces)
        {
            ThrowIfNoImages(space);
            signatures.Add(await upload.SignatureAsync((space.Id, region), () => collection.Gallery.ExtractAsync(upload.Source, region, space.Space, cancellationToken)));
        }

        return signatures;
    }

    private async Task<QueryPart> PhotoAsync(
        Upload upload, int index, IReadOnlyList<PhotoView>?[] views, IReadOnlyList<(SearchSpace Space, double Weight)> spaces, CancellationToken cancellationToken)
    {
        IFeatureExtractor[] extractors = [.. spaces.Select(space => ThrowIfNoImages(space.Space))];
        return await workshop.RunAsync(
            async ct =>
            {
                using RgbImage image = await collection.Decoder.DecodeAsync(upload.Source, new ImageSize(PhotoSide, PhotoSide), null, ct);
                views[index] = PhotoViews.OfPhoto(image, cancellationToken: ct);
                return await PhotoViews.ToQueryPartAsync(image, views[index]!, extractors, Environment.ProcessorCount, ct);
            },
            cancellationToken);
    }

    private static IFeatureExtractor ThrowIfNoImages(SearchSpace space) =>
        space.Extractor ?? throw new ApiException(
            StatusCodes.Status409Conflict, "This space takes no pictures", $"The model of the space '{space.Id}' is not on this server. Search by a work as a whole, or in another space.", "spaces");
}
