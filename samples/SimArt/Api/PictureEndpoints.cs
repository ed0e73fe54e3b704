using ArtSimilarity.Duplicates;
using Microsoft.Net.Http.Headers;

namespace SimArt.Api;

/// <summary>Pictures of works: thumbnails, and the difference of two. Thumbnails are named by their content, so browsers may keep them for good.</summary>
internal static class PictureEndpoints
{
    public const string Forever = "public, max-age=31536000, immutable";
    private const int ComparedSide = 1024;

    private static readonly int[] Sizes = [160, 320, 640, 1280];

    public static void Map(WebApplication app) => app.MapGet("/images", ThumbnailAsync).ExcludeFromDescription();

    public static void MapApi(RouteGroupBuilder api) =>
        api.MapGet("/difference", DifferenceAsync).WithSummary("Two works laid over each other: grey where they are equal, coloured where not. A JPEG.").RequireRateLimiting(Limits.Heavy);

    private static async Task<IResult> ThumbnailAsync(
        HttpResponse response, Collection collection, PictureCache pictures, CancellationToken cancellationToken, string? id = null, string? key = null, int size = 320)
    {
        if (!Sizes.Contains(size))
        {
            throw ApiException.BadRequest($"size is one of {string.Join(", ", Sizes)}.", "size");
        }

        BrowsedWork work = key is null ? await FindAsync(collection, id, cancellationToken) : await collection.WorkOfAsync(key, cancellationToken);
        response.Headers.CacheControl = key is null ? Forever : "public, max-age=60"; // another picture may take the key
        return Results.File(await pictures.GetThumbnailAsync(work.ContentHash, ImageUriOf(work), size, cancellationToken), "image/jpeg", entityTag: new EntityTagHeaderValue($"\"{work.ContentHash[..16]}-{size}\""));
    }

    private static async Task<IResult> DifferenceAsync(
        Collection collection, Workshop workshop, CancellationToken cancellationToken, string? a = null, string? b = null)
    {
        BrowsedWork first = await collection.WorkOfAsync(a, cancellationToken, "a"), second = await collection.WorkOfAsync(b, cancellationToken, "b");
        byte[] drawn = await workshop.RunAsync(
            async ct =>
            {
                ImageSize size = new(ComparedSide / 2, ComparedSide / 2);
                using RgbImage one = await collection.Decoder.DecodeAsync(await collection.OpenPictureAsync(first.Painting, ct), size, null, ct);
                using RgbImage other = await collection.Decoder.DecodeAsync(await collection.OpenPictureAsync(second.Painting, ct), size, null, ct);
                using RgbImage difference = ImageDifference.Draw(one, other);
                return NetVipsImageEncoder.EncodeJpeg(difference, ComparedSide);
            },
            cancellationToken);
        return Results.Bytes(drawn, "image/jpeg");
    }

    /// <summary>Where the picture of a work is, for the server alone.</summary>
    /// <exception cref="ApiException">It has none.</exception>
    public static string ImageUriOf(BrowsedWork work) => work.Painting.ImageUri ?? throw ApiException.NotFound($"The work '{Shown.Text(work.Painting.Key)}' has no picture.", "key");

    public static async Task<BrowsedWork> FindAsync(Collection collection, string? hash, CancellationToken cancellationToken) =>
        (hash is null ? null : (await collection.WorksAsync(cancellationToken)).FindByImage(hash)) ?? throw ApiException.NotFound("The gallery has no such picture.", "id");
}
