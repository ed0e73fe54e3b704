using ArtSimilarity;
using ArtSimilarity.Graphs;
using SimArt.Collections;
using SimArt.Pictures;

namespace SimArt.Api;

/// <summary>How forms travelled: earlier and later works, paths, the graph of neighbours, and the map.</summary>
internal static class GenealogyEndpoints
{
    private const int MaxDrawn = 1000, MaxNeighbors = 20, MaxK = 50;

    public static void Map(RouteGroupBuilder api)
    {
        api.MapGet("/genealogy", GenealogyAsync).WithSummary("The nearest earlier and later works of a work.").WithDescription("The filters of /works.");
        api.MapGet("/path", PathAsync).WithSummary("The shortest way from one work to another over look-alikes.");
        api.MapGet("/graph", GraphAsync).WithSummary("The graph of neighbours of a selection: to be drawn, or as GraphML or GEXF.").WithDescription("The filters of /works. format is json, graphml or gexf.")
            .RequireRateLimiting(Limits.Heavy);
        api.MapGet("/map", MapAsync).WithSummary("All works in the plane; look-alikes lie near each other.").WithDescription("202 with a progress while the map is made for the first time: ask again.");
        api.MapGet("/map/filter", FilterAsync).WithSummary("Which works of the map pass a filter.").WithDescription("The filters of /works.");
        api.MapGet("/map/sheet", SheetAsync).WithSummary("Small pictures of works of the map, side by side: a JPEG.");
    }

    /// <summary>Writes a graph in a format of other programs. Pictures are named by their addresses here, not by their files.</summary>
    public static IResult Download(HttpRequest request, NeighborGraph graph, string format, CatalogueSnapshot catalogue)
    {
        bool isGexf = format == "gexf";
        NeighborGraph told = new(
            [.. graph.Works.Select(work => work with { ImageUri = catalogue.Find(work.Key) is CatalogueWork held && work.ImageUri is not null ? IiifEndpoints.Base(request) + Shown.Work(held).Thumbnail : null })],
            [.. Enumerable.Range(0, graph.Works.Count).Select(i => graph.NeighborsOf(i).ToArray())]);
        return Results.Stream(
            stream => isGexf ? GexfWriter.WriteAsync(told, stream) : GraphMlWriter.WriteAsync(told, stream), isGexf ? "application/gexf+xml" : "application/graphml+xml", isGexf ? "works.gexf" : "works.graphml");
    }

    private static async Task<GenealogyAnswer> GenealogyAsync(
        HttpRequest request, Collection collection, CancellationToken cancellationToken, string? key = null, int k = 6, string? space = null)
    {
        if (k is < 1 or > MaxK)
        {
            throw ApiException.BadRequest($"k is 1 to {MaxK}.", "k");
        }

        CatalogueWork work = await collection.WorkOfAsync(key, cancellationToken);
        if (work.Painting.Year is null)
        {
            throw new ApiException(StatusCodes.Status409Conflict, "No year", "The catalogue has no year for this work, so nothing is earlier or later.", "key");
        }

        Genealogy found = await Genealogy.FindAsync(
            collection.Gallery,
            work.Painting.Key,
            k,
            new GenealogyOptions
            {
                Spaces = [collection.SpaceOf(space).Space],
                Filter = await FilterQuery.ToPaintingFilterAsync(FilterQuery.Parse(request.Query), collection.Catalogue, cancellationToken),
            },
            cancellationToken);
        CatalogueSnapshot catalogue = await collection.Catalogue.CurrentAsync(cancellationToken);
        return new GenealogyAnswer(
            Shown.Work(work),
            [.. found.Earlier.Select(result => new NearAnswer(Shown.Work(result.Painting, catalogue), result.Distance))],
            [.. found.Later.Select(result => new NearAnswer(Shown.Work(result.Painting, catalogue), result.Distance))]);
    }

    private static async Task<PathAnswer> PathAsync(Collection collection, CancellationToken cancellationToken, string? a = null, string? b = null, string? space = null)
    {
        SearchSpace searched = collection.SpaceOf(space);
        CatalogueWork from = await collection.WorkOfAsync(a, cancellationToken, "a"), to = await collection.WorkOfAsync(b, cancellationToken, "b");
        NeighborGraph graph = await collection.GraphAsync(searched, cancellationToken);
        int start = graph.IndexOf(from.Painting.Key) ?? throw NoSignature(from, searched, "a"), end = graph.IndexOf(to.Painting.Key) ?? throw NoSignature(to, searched, "b");
        GraphPath path = await Task.Run(() => graph.FindPath(start, end, cancellationToken), cancellationToken)
            ?? throw new ApiException(StatusCodes.Status404NotFound, "No path", "No chain of look-alikes leads from one of these works to the other.");
        CatalogueSnapshot catalogue = await collection.Catalogue.CurrentAsync(cancellationToken);
        return new PathAnswer([.. path.Works.Select(work => Shown.Work(work, catalogue))], path.Distances, path.Length);
    }

    private static async Task<IResult> GraphAsync(
        HttpRequest request, Collection collection, CancellationToken cancellationToken, string? space = null, int neighbors = 5, int limit = 400, string format = "json")
    {
        if (neighbors is < 1 or > MaxNeighbors || limit is < 2 or > MaxDrawn || format is not ("json" or "graphml" or "gexf"))
        {
            throw ApiException.BadRequest(
                $"neighbors is 1 to {MaxNeighbors}, limit is 2 to {MaxDrawn}, and format is json, graphml or gexf.",
                neighbors is < 1 or > MaxNeighbors ? "neighbors" : limit is < 2 or > MaxDrawn ? "limit" : "format");
        }

        SearchSpace searched = collection.SpaceOf(space);
        WorkFilter asked = FilterQuery.Parse(request.Query);
        PaintingFilter? filter = await FilterQuery.ToPaintingFilterAsync(asked, collection.Catalogue, cancellationToken);
        bool truncated = false;
        CatalogueSnapshot catalogue = await collection.Catalogue.CurrentAsync(cancellationToken);
        if (format == "json")
        {
            WorkMatcher matcher = new(asked);
            string[] keys = [.. catalogue.Works.Where(matcher.Matches).Select(work => work.Painting.Key).Take(limit + 1)];
            truncated = keys.Length > limit;
            filter = truncated ? new PaintingFilter { Keys = keys[..limit] } : filter;
        }

        NeighborGraph graph = await NeighborGraphBuilder.BuildAsync(
            collection.Gallery, new NeighborGraphOptions { Space = searched.Space, NeighborCount = neighbors, Filter = filter }, null, cancellationToken);
        if (format != "json")
        {
            return Download(request, graph, format, catalogue);
        }

        Dictionary<string, (double X, double Y)> places = Scaled(await collection.MapAsync(searched, cancellationToken)).ToDictionary(place => place.Work.Key, place => (place.X, place.Y), StringComparer.Ordinal);
        return Results.Ok(new GraphAnswer(
            [.. graph.Works.Select(work => places.TryGetValue(work.Key, out (double X, double Y) place) ? new NodeAnswer(Shown.Work(work, catalogue), place.X, place.Y) : new NodeAnswer(Shown.Work(work, catalogue), 0.5, 0.5))],
            [.. graph.Edges.Where(edge => edge.From < edge.To || !edge.IsMutual).Select(edge => new EdgeAnswer(edge.From, edge.To, edge.Distance, edge.IsMutual))],
            truncated));
    }

    private static async Task<IResult> MapAsync(Collection collection, CancellationToken cancellationToken, string? space = null)
    {
        SearchSpace searched = collection.SpaceOf(space);
        Task<GalleryMap> making = collection.MapAsync(searched, cancellationToken);
        if (await Task.WhenAny(making, Task.Delay(TimeSpan.FromSeconds(10), cancellationToken)) != making)
        {
            return Results.Accepted(value: new { building = true });
        }

        (Painting Work, double X, double Y)[] places = [.. Scaled(await making)];
        int sheets = (places.Length + WorkPictures.PerSheet - 1) / WorkPictures.PerSheet;
        string version = Version(places);
        return Results.Ok(new MapAnswer(
            searched.Id,
            places.Length,
            [.. places.Select(place => place.Work.Key)],
            [.. places.Select(place => string.Join(", ", ((string?[])[place.Work.Title ?? place.Work.Key, place.Work.Artist, place.Work.Date?.Text]).OfType<string>()))],
            [.. places.Select(place => Math.Round(place.X, 5))],
            [.. places.Select(place => Math.Round(place.Y, 5))],
            WorkPictures.Cell,
            WorkPictures.PerSheet,
            WorkPictures.SheetColumns,
            [.. Enumerable.Range(0, sheets).Select(sheet => $"/api/v1/map/sheet?space={searched.Id}&n={sheet}&v={version}")]));
    }

    private static async Task<IResult> SheetAsync(HttpResponse response, Collection collection, WorkPictures pictures, CancellationToken cancellationToken, string? space = null, int n = 0)
    {
        (Painting Work, double X, double Y)[] places = [.. Scaled(await collection.MapAsync(collection.SpaceOf(space), cancellationToken))];
        if (n < 0 || (long)n * WorkPictures.PerSheet >= places.Length)
        {
            throw ApiException.NotFound("The map has no such sheet.", "n");
        }

        CatalogueSnapshot catalogue = await collection.Catalogue.CurrentAsync(cancellationToken);
        CatalogueWork?[] works = [.. places.Skip(n * WorkPictures.PerSheet).Take(WorkPictures.PerSheet).Select(place => catalogue.Find(place.Work.Key)).Select(work => work?.Painting.ImageUri is null ? null : work)];
        string file = await pictures.SheetAsync(works, cancellationToken);
        response.Headers.CacheControl = "public, max-age=31536000, immutable"; // the address names the version of the map
        return Results.File(file, "image/jpeg");
    }

    private static async Task<MapFilterAnswer> FilterAsync(HttpRequest request, Collection collection, CancellationToken cancellationToken, string? space = null)
    {
        WorkMatcher matcher = new(FilterQuery.Parse(request.Query));
        CatalogueSnapshot catalogue = await collection.Catalogue.CurrentAsync(cancellationToken);
        GalleryMap map = await collection.MapAsync(collection.SpaceOf(space), cancellationToken);
        return new MapFilterAnswer([.. map.Places.Index().Where(place => catalogue.Find(place.Item.Work.Key) is CatalogueWork work && matcher.Matches(work)).Select(place => place.Index)]);
    }

    /// <summary>The places from 0 to 1; the map's proportions are kept.</summary>
    private static IEnumerable<(Painting Work, double X, double Y)> Scaled(GalleryMap map)
    {
        if (map.Places.Count == 0)
        {
            return [];
        }

        float left = map.Places.Min(place => place.Position.X), top = map.Places.Min(place => place.Position.Y);
        float width = map.Places.Max(place => place.Position.X) - left, height = map.Places.Max(place => place.Position.Y) - top, side = Math.Max(Math.Max(width, height), float.Epsilon);
        return map.Places.Select(place => (
            place.Work, (double)((place.Position.X - left + ((side - width) / 2)) / side), (double)((place.Position.Y - top + ((side - height) / 2)) / side)));
    }

    private static string Version((Painting Work, double X, double Y)[] places)
    {
        var hash = new System.IO.Hashing.XxHash3();
        foreach ((Painting work, _, _) in places)
        {
            hash.Append(System.Text.Encoding.UTF8.GetBytes(work.Key));
            hash.Append([0]);
        }

        return Convert.ToHexStringLower(hash.GetCurrentHash());
    }

    private static ApiException NoSignature(CatalogueWork work, SearchSpace space, string field) =>
        ApiException.NotFound($"The work '{Shown.Text(work.Painting.Key)}' has no signature in the space '{space.Id}'.", field);
}
