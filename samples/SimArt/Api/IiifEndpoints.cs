using ArtSimilarity.Exporting;

namespace SimArt.Api;

/// <summary>Works and selections for other viewers, by the IIIF Presentation API 3.</summary>
internal static class IiifEndpoints
{
    public static void Map(WebApplication app)
    {
        app.MapGet("/iiif/manifest", ManifestAsync).WithTags("IIIF").WithSummary("One work as a IIIF Presentation 3 manifest.");
        app.MapGet("/iiif/collection", CollectionAsync).WithTags("IIIF").WithSummary("A selection as a IIIF Presentation 3 collection.").WithDescription("The filters of /api/v1/works.");
    }

    public static string Base(HttpRequest request) => $"{request.Scheme}://{request.Host}{request.PathBase}";

    /// <summary>A work with its addresses.</summary>
    public static IiifWork Describe(HttpRequest request, BrowsedWork work, string? note = null)
    {
        bool hasPicture = !string.IsNullOrEmpty(work.Painting.ImageUri);
        return new IiifWork(work.Painting, new Uri($"{Base(request)}/iiif/manifest?key={Uri.EscapeDataString(work.Painting.Key)}"))
        {
            Thumbnail = hasPicture ? new Uri($"{Base(request)}/images?id={work.ContentHash}") : null,
            ImageService = hasPicture ? new Uri($"{Base(request)}/iiif/image/{work.ContentHash}") : null,
            Note = note,
        };
    }

    private static async Task<IResult> CollectionAsync(HttpRequest request, HttpResponse response, Collection collection, CancellationToken cancellationToken, string? title = null)
    {
        IEnumerable<BrowsedWork> works = (await collection.WorksAsync(cancellationToken)).Select(FilterQuery.Parse(request.Query));
        response.Headers.AccessControlAllowOrigin = "*"; // as IIIF asks, so that other viewers can open it
        return Results.Text(
            IiifPresentation.WriteCollection(new Uri(Base(request) + request.Path + request.QueryString), title ?? collection.Name, works.Select(work => Describe(request, work))), IiifPresentation.MediaType);
    }

    private static async Task<IResult> ManifestAsync(
        HttpRequest request, HttpResponse response, Collection collection, PictureCache pictures, CancellationToken cancellationToken, string? key = null)
    {
        BrowsedWork work = await collection.WorkOfAsync(key, cancellationToken);
        ImageSize size = await pictures.GetSizeAsync(work.ContentHash, PictureEndpoints.ImageUriOf(work), cancellationToken);
        response.Headers.AccessControlAllowOrigin = "*";
        return Results.Text(IiifPresentation.WriteManifest(Describe(request, work), size), IiifPresentation.MediaType);
    }
}
