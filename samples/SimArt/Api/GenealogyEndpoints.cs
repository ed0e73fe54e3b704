using System.Numerics;
using ArtSimilarity.Graphs;

namespace SimArt.Api;

/// <summary>How forms travelled: earlier and later works, paths, and the graph of neighbours.</summary>
internal static class GenealogyEndpoints
{
    private const int MaxDrawn = 1000, MaxNeighbors = 20, MaxK = 50, PathNeighbors = 10, MaxPathNeighbors = 160;

    private static readonly Vector2 Middle = new(0.5f);

    public static void Map(RouteGroupBuilder api)
    {
        api.MapGet("/genealogy", GenealogyAsync).WithSummary("The nearest earlier and later works of a work.").WithDescription("The filters of /works.");
        api.MapGet("/path", PathAsync).WithSummary("The shortest way from one work to another over look-alikes.");
        api.MapGet("/graph", GraphAsync).WithSummary("The graph of neighbours of a selection: to be drawn, or as GraphML or GEXF.").WithDescription("The filters of /works. format is json, graphml or gexf.")
            .RequireRateLimiting(Limits.Heavy);
    }

    private static async Task<GenealogyAnswer> GenealogyAsync(
        HttpRequest request, Collection collection, CancellationToken cancellationToken, string? key = null, int k = 6, string? space = null)
    {
        if (k is < 1 or > MaxK)
        {
            throw ApiException.BadRequest($"k is 1 to {MaxK}.", "k");
        }

        BrowsedWork work = await collection.WorkOfAsync(key, cancellationToken);
        if (work.Painting.Year is null)
        {
            throw new ApiException(StatusCodes.Status409Conflict, "No year", "The catalogue has no year for this work, so nothing is earlier or later.", "key");
        }

        BrowsedWorks works = await collection.WorksAsync(cancellationToken);
        Genealogy found = await Genealogy.FindAsync(
            collection.Gallery,
            work.Painting.Key,
            k,
            new GenealogyOptions
            {
                Spaces = [collection.SpaceOf(space).Space],
                Filter = FilterQuery.ToPaintingFilter(FilterQuery.Parse(request.Query), works),
            },
            cancellationToken);
        return new GenealogyAnswer(
            Shown.Work(work),
            [.. found.Earlier.Select(result => new NearAnswer(Shown.Work(result.Painting, works), result.Distance))],
            [.. found.Later.Select(result => new NearAnswer(Shown.Work(result.Painting, works), result.Distance))]);
    }

    private static async Task<PathAnswer> PathAsync(Collection collection, CancellationToken cancellationToken, string? a = null, string? b = null, string? space = null)
    {
        SearchSpace searched = collection.SpaceOf(space);
        BrowsedWork from = await collection.WorkOfAsync(a, cancellationToken, "a"), to = await collection.WorkOfAsync(b, cancellationToken, "b");
        GraphPath? path = null;
        for (int neighbors = PathNeighbors; path is null && neighbors <= MaxPathNeighbors; neighbors *= 4)
        {
            NeighborGraph graph = await collection.GraphAsync(searched, neighbors, cancellationToken);
            int start = graph.IndexOf(from.Painting.Key) ?? throw NoSignature(from, searched, "a"), end = graph.IndexOf(to.Painting.Key) ?? throw NoSignature(to, searched, "b");
            path = await Task.Run(() => graph.FindPath(start, end, cancellationToken), cancellationToken);
        }

        BrowsedWorks works = await collection.WorksAsync(cancellationToken);
        return path is null ? throw new ApiException(StatusCodes.Status404NotFound, "No path", "No chain of look-alikes leads from one of these works to the other.") : new PathAnswer([.. path.Works.Select(work => Shown.Work(work, works))], path.Distances, path.Length);
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
        WorkQuery asked = FilterQuery.Parse(request.Query);
        bool truncated = false;
        BrowsedWorks works = await collection.WorksAsync(cancellationToken);
        PaintingFilter? filter = FilterQuery.ToPaintingFilter(asked, works);
        if (format == "json")
        {
            string[] keys = [.. works.Select(asked).Select(work => work.Painting.Key).Take(limit + 1)];
            truncated = keys.Length > limit;
            filter = truncated ? new PaintingFilter { Keys = keys[..limit] } : filter;
        }

        NeighborGraph graph = await NeighborGraphBuilder.BuildAsync(
            collection.Gallery, new NeighborGraphOptions { Space = searched.Space, NeighborCount = neighbors, Filter = filter }, null, cancellationToken);
        if (format != "json")
        {
            return ExportEndpoints.GraphFile(request, graph, format, works);
        }

        GalleryMap map = await collection.MapAsync(searched, cancellationToken);
        Dictionary<string, Vector2> places = map.Places.Zip(map.InUnitSquare()).ToDictionary(place => place.First.Work.Key, place => place.Second, StringComparer.Ordinal);
        return Results.Ok(new GraphAnswer(
            [.. graph.Works.Select(work => new NodeAnswer(Shown.Work(work, works), places.GetValueOrDefault(work.Key, Middle).X, places.GetValueOrDefault(work.Key, Middle).Y))],
            [.. graph.Edges.Where(edge => edge.From < edge.To || !edge.IsMutual).Select(edge => new EdgeAnswer(edge.From, edge.To, edge.Distance, edge.IsMutual))],
            truncated));
    }

    private static ApiException NoSignature(BrowsedWork work, SearchSpace space, string field) =>
        ApiException.NotFound($"The work '{Shown.Text(work.Painting.Key)}' has no signature in the space '{space.Id}'.", field);
}
