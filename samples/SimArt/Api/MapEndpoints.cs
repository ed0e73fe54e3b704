using System.Numerics;
using System.Security.Cryptography;
using System.Text;
using ArtSimilarity.Graphs;

namespace SimArt.Api;

/// <summary>The map of the collection, and its small pictures on sheets.</summary>
internal static class MapEndpoints
{
    private const int Cell = 32, SheetColumns = 32, PerSheet = SheetColumns * SheetColumns;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    public static void Map(RouteGroupBuilder api)
    {
        api.MapGet("/map", MapAsync).WithSummary("All works in the plane; look-alikes lie near each other.").WithDescription("202 while the map is made for the first time: ask again.");
        api.MapGet("/map/filter", FilterAsync).WithSummary("Which works of the map pass a filter.").WithDescription("The filters of /works.");
        api.MapGet("/map/sheet", SheetAsync).WithSummary("Small pictures of works of the map, side by side: a JPEG.");
    }

    private static async Task<IResult> MapAsync(Collection collection, CancellationToken cancellationToken, string? space = null)
    {
        SearchSpace searched = collection.SpaceOf(space);
        Task<GalleryMap> making = collection.MapAsync(searched, cancellationToken);
        if (await Task.WhenAny(making, Task.Delay(Patience, cancellationToken)) != making)
        {
            return Results.Accepted(value: new { building = true });
        }

        GalleryMap map = await making;
        IReadOnlyList<Vector2> positions = map.InUnitSquare();
        string[] keys = [.. map.Places.Select(place => place.Work.Key)];
        BrowsedWorks works = await collection.WorksAsync(cancellationToken);
        string version = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', keys.Select(key => works.Find(key)?.ContentHash)))))[..16];
        return Results.Ok(new MapAnswer(
            searched.Id,
            keys.Length,
            keys,
            [.. map.Places.Select(place => string.Join(", ", ((string?[])[place.Work.Title ?? place.Work.Key, place.Work.Artist, place.Work.Date?.Text]).OfType<string>()))],
            [.. positions.Select(position => Math.Round(position.X, 5))],
            [.. positions.Select(position => Math.Round(position.Y, 5))],
            Cell,
            PerSheet,
            SheetColumns,
            [.. keys.Chunk(PerSheet).Select((_, sheet) => $"/api/v1/map/sheet?space={searched.Id}&n={sheet}&v={version}")],
            "/images?key={key}"));
    }

    private static async Task<IResult> SheetAsync(HttpResponse response, Collection collection, PictureCache pictures, CancellationToken cancellationToken, string? space = null, int n = 0)
    {
        GalleryMap map = await collection.MapAsync(collection.SpaceOf(space), cancellationToken);
        if (n < 0 || (long)n * PerSheet >= map.Places.Count)
        {
            throw ApiException.NotFound("The map has no such sheet.", "n");
        }

        BrowsedWorks works = await collection.WorksAsync(cancellationToken);
        (string, string)?[] cells = [.. map.Places.Skip(n * PerSheet).Take(PerSheet).Select(place =>
            works.Find(place.Work.Key) is { Painting.ImageUri: string uri } work ? (work.ContentHash, uri) : ((string, string)?)null)];
        response.Headers.CacheControl = "public, max-age=31536000, immutable"; // the address names the version of the map
        return Results.File(await pictures.GetSheetAsync(cells, Cell, SheetColumns, cancellationToken), "image/jpeg");
    }

    private static async Task<MapFilterAnswer> FilterAsync(HttpRequest request, Collection collection, CancellationToken cancellationToken, string? space = null)
    {
        HashSet<string> keys = [.. (await collection.WorksAsync(cancellationToken)).Select(FilterQuery.Parse(request.Query)).Select(work => work.Painting.Key)];
        GalleryMap map = await collection.MapAsync(collection.SpaceOf(space), cancellationToken);
        return new MapFilterAnswer([.. map.Places.Index().Where(place => keys.Contains(place.Item.Work.Key)).Select(place => place.Index)]);
    }
}
