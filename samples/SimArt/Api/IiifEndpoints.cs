using System.Text.Json.Nodes;
using ArtSimilarity.Exporting;
using Microsoft.Net.Http.Headers;

namespace SimArt.Api;

/// <summary>Works and selections for other viewers: the IIIF Presentation API 3, and the Image API 3 (level 0) for tiles.</summary>
internal static class IiifEndpoints
{
    public static void Map(WebApplication app)
    {
        app.MapGet("/iiif/manifest", ManifestAsync).WithTags("IIIF").WithSummary("One work as a IIIF Presentation 3 manifest.");
        app.MapGet("/iiif/collection", CollectionAsync).WithTags("IIIF").WithSummary("A selection as a IIIF Presentation 3 collection.").WithDescription("The filters of /api/v1/works.");
        app.MapGet("/iiif/image/{id}/info.json", InformationAsync).ExcludeFromDescription();
        app.MapGet("/iiif/image/{id}/{region}/{size}/0/default.jpg", TileAsync).ExcludeFromDescription();
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

    private static async Task<IResult> InformationAsync(
        string id, HttpRequest request, HttpResponse response, Collection collection, PictureCache pictures, CancellationToken cancellationToken)
    {
        BrowsedWork work = await PictureEndpoints.FindAsync(collection, id, cancellationToken);
        ImageSize size = await pictures.GetSizeAsync(work.ContentHash, PictureEndpoints.ImageUriOf(work), cancellationToken);
        int levels = 1 + (int)Math.Ceiling(Math.Log2(Math.Max(1, Math.Max(size.Width, size.Height) / (double)PictureCache.TileSize)));
        response.Headers.AccessControlAllowOrigin = "*"; // as IIIF asks, so that other viewers can show the picture
        return Results.Json(
            new JsonObject
            {
                ["@context"] = "http://iiif.io/api/image/3/context.json",
                ["id"] = Base(request) + $"/iiif/image/{work.ContentHash}",
                ["type"] = "ImageService3",
                ["protocol"] = "http://iiif.io/api/image",
                ["profile"] = "level0",
                ["width"] = size.Width,
                ["height"] = size.Height,
                ["tiles"] = new JsonArray(new JsonObject
                {
                    ["width"] = PictureCache.TileSize,
                    ["height"] = PictureCache.TileSize,
                    ["scaleFactors"] = new JsonArray([.. Enumerable.Range(0, levels).Select(level => (JsonNode)(1 << level))]),
                }),
            },
            contentType: "application/ld+json");
    }

    private static async Task<IResult> TileAsync(
        string id, string region, string size, HttpResponse response, Collection collection, PictureCache pictures, CancellationToken cancellationToken)
    {
        BrowsedWork work = await PictureEndpoints.FindAsync(collection, id, cancellationToken);
        response.Headers.AccessControlAllowOrigin = "*";
        if ((region, size) is ("full", "max"))
        {
            response.Headers.CacheControl = PictureEndpoints.Forever;
            ImageSize whole = await pictures.GetSizeAsync(work.ContentHash, PictureEndpoints.ImageUriOf(work), cancellationToken);
            return Results.File(await pictures.GetThumbnailAsync(work.ContentHash, PictureEndpoints.ImageUriOf(work), Math.Max(whole.Width, whole.Height), cancellationToken), "image/jpeg");
        }

        byte[] tile = await pictures.GetTileAsync(work.ContentHash, PictureEndpoints.ImageUriOf(work), region, size, cancellationToken)
            ?? throw ApiException.NotFound("There is no such tile; info.json says which there are.", "region");
        response.Headers.CacheControl = PictureEndpoints.Forever;
        return Results.Bytes(tile, "image/jpeg", entityTag: new EntityTagHeaderValue($"\"{work.ContentHash[..16]}-{region}-{size}\""));
    }
}
