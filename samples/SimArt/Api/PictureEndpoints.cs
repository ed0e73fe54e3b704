using System.Globalization;
using System.IO.Compression;
using System.Text.Json;
using System.Text.Json.Nodes;
using ArtSimilarity.Duplicates;
using ArtSimilarity.Imaging;
using Microsoft.Net.Http.Headers;
using SimArt.Collections;
using SimArt.Pictures;

namespace SimArt.Api;

/// <summary>Pictures of works: thumbnails, and tiles by the IIIF Image API 3 (level 0). They are named by their content, so browsers may keep them for good.</summary>
internal static class PictureEndpoints
{
    private const string Forever = "public, max-age=31536000, immutable";
    private const int ComparedSide = 1024;

    public static void Map(WebApplication app)
    {
        app.MapGet("/images", ThumbnailAsync).ExcludeFromDescription();
        app.MapGet("/iiif/image/{id}/info.json", InformationAsync).ExcludeFromDescription();
        app.MapGet("/iiif/image/{id}/{region}/{size}/0/default.jpg", TileAsync).ExcludeFromDescription();
    }

    public static void MapApi(RouteGroupBuilder api) =>
        api.MapGet("/difference", DifferenceAsync).WithSummary("Two works laid over each other: grey where they are equal, coloured where not. A JPEG.").RequireRateLimiting(Limits.Heavy);

    private static async Task<IResult> ThumbnailAsync(
        HttpResponse response, Collection collection, WorkPictures pictures, CancellationToken cancellationToken, string? id = null, int size = 320)
    {
        if (!WorkPictures.Sizes.Contains(size))
        {
            throw ApiException.BadRequest($"size is one of {string.Join(", ", WorkPictures.Sizes)}.", "size");
        }

        CatalogueWork work = await FindAsync(collection, id, cancellationToken);
        string file = await pictures.ThumbnailAsync(work, size, cancellationToken);
        response.Headers.CacheControl = Forever;
        return Results.File(file, "image/jpeg", entityTag: new EntityTagHeaderValue($"\"{work.ContentHash[..16]}-{size}\""));
    }

    private static async Task<IResult> InformationAsync(
        string id, HttpRequest request, HttpResponse response, Collection collection, WorkPictures pictures, CancellationToken cancellationToken)
    {
        CatalogueWork work = await FindAsync(collection, id, cancellationToken);
        ImageSize size = await SizeAsync(work, pictures, cancellationToken);
        int levels = 1 + (int)Math.Ceiling(Math.Log2(Math.Max(1, Math.Max(size.Width, size.Height) / (double)WorkPictures.TileSize)));
        response.Headers.AccessControlAllowOrigin = "*"; // as IIIF asks, so that other viewers can show the picture
        return Results.Json(
            new JsonObject
            {
                ["@context"] = "http://iiif.io/api/image/3/context.json",
                ["id"] = IiifEndpoints.Base(request) + $"/iiif/image/{work.ContentHash}",
                ["type"] = "ImageService3",
                ["protocol"] = "http://iiif.io/api/image",
                ["profile"] = "level0",
                ["width"] = size.Width,
                ["height"] = size.Height,
                ["tiles"] = new JsonArray(new JsonObject
                {
                    ["width"] = WorkPictures.TileSize,
                    ["height"] = WorkPictures.TileSize,
                    ["scaleFactors"] = new JsonArray([.. Enumerable.Range(0, levels).Select(level => (JsonNode)(1 << level))]),
                }),
            },
            contentType: "application/ld+json");
    }

    private static async Task<IResult> TileAsync(
        string id, string region, string size, HttpResponse response, Collection collection, WorkPictures pictures, CancellationToken cancellationToken)
    {
        CatalogueWork work = await FindAsync(collection, id, cancellationToken);
        response.Headers.AccessControlAllowOrigin = "*";
        if ((region, size) is ("full", "max"))
        {
            response.Headers.CacheControl = Forever;
            return Results.File(await pictures.ThumbnailAsync(work, WorkPictures.Sizes[^1], cancellationToken), "image/jpeg");
        }

        await using ZipArchive tiles = await ZipFile.OpenReadAsync(await pictures.TilesAsync(work, cancellationToken), cancellationToken);
        if (tiles.GetEntry($"t/{region}/{size}/0/default.jpg") is not ZipArchiveEntry entry)
        {
            throw ApiException.NotFound("There is no such tile; info.json says which there are.", "region");
        }

        await using Stream stream = await entry.OpenAsync(cancellationToken);
        var bytes = new byte[entry.Length];
        await stream.ReadExactlyAsync(bytes, cancellationToken);
        response.Headers.CacheControl = Forever;
        return Results.Bytes(bytes, "image/jpeg", entityTag: new EntityTagHeaderValue(string.Create(CultureInfo.InvariantCulture, $"\"{work.ContentHash[..16]}-{entry.Crc32:x}\"")));
    }

    private static async Task<IResult> DifferenceAsync(
        Collection collection, Workshop workshop, CancellationToken cancellationToken, string? a = null, string? b = null)
    {
        CatalogueWork first = await collection.WorkOfAsync(a, cancellationToken, "a"), second = await collection.WorkOfAsync(b, cancellationToken, "b");
        byte[] drawn = await workshop.RunAsync(
            async ct =>
            {
                ImageSize size = new(ComparedSide / 2, ComparedSide / 2);
                using RgbImage one = await collection.Decoder.DecodeAsync(await collection.OpenPictureAsync(first.Painting, ct), size, null, ct);
                using RgbImage other = await collection.Decoder.DecodeAsync(await collection.OpenPictureAsync(second.Painting, ct), size, null, ct);
                using RgbImage difference = ImageDifference.Draw(one, other);
                return JpegWriter.Fit(difference, ComparedSide);
            },
            cancellationToken);
        return Results.Bytes(drawn, "image/jpeg");
    }

    /// <summary>The size of a work's picture, from its tiles.</summary>
    public static async Task<ImageSize> SizeAsync(CatalogueWork work, WorkPictures pictures, CancellationToken cancellationToken)
    {
        await using ZipArchive tiles = await ZipFile.OpenReadAsync(await pictures.TilesAsync(work, cancellationToken), cancellationToken);
        await using Stream stream = await tiles.GetEntry("t/info.json")!.OpenAsync(cancellationToken);
        using JsonDocument information = await JsonDocument.ParseAsync(stream, cancellationToken: cancellationToken);
        return new ImageSize(information.RootElement.GetProperty("width").GetInt32(), information.RootElement.GetProperty("height").GetInt32());
    }

    private static async Task<CatalogueWork> FindAsync(Collection collection, string? hash, CancellationToken cancellationToken) =>
        (hash is null ? null : (await collection.Catalogue.CurrentAsync(cancellationToken)).FindByHash(hash)) ?? throw ApiException.NotFound("The gallery has no such picture.", "id");
}
