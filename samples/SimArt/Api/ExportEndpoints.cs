using System.Text;
using ArtSimilarity.Exporting;
using ArtSimilarity.Graphs;

namespace SimArt.Api;

/// <summary>What visitors take home: works and graphs in the formats of other programs, and the citable link of two works.</summary>
internal static class ExportEndpoints
{
    private const int MaxItems = 2000, MaxNote = 5000;

    public static void Map(RouteGroupBuilder api)
    {
        api.MapPost("/export", ExportAsync).WithSummary("Works with notes as CSV, IIIF collection, GEXF, CSL-JSON or RIS.").WithDescription("format is csv, iiif, gexf, csl or ris.").RequireRateLimiting(Limits.Heavy);
        api.MapGet("/link", LinkAsync).WithSummary("How two works stand to each other, to be cited: distance, both ranks, model and settings.");
    }

    /// <summary>Writes a graph in a format of other programs. Pictures are named by their addresses here, not by their files.</summary>
    public static IResult GraphFile(HttpRequest request, NeighborGraph graph, string format, BrowsedWorks works)
    {
        bool isGexf = format == "gexf";
        NeighborGraph told = new(
            [.. graph.Works.Select(work => work with { ImageUri = works.Find(work.Key) is BrowsedWork held && work.ImageUri is not null ? IiifEndpoints.Base(request) + Shown.Work(held).Thumbnail : null })],
            [.. Enumerable.Range(0, graph.Works.Count).Select(i => graph.NeighborsOf(i).ToArray())]);
        return Results.Stream(
            stream => isGexf ? GexfWriter.WriteAsync(told, stream) : GraphMlWriter.WriteAsync(told, stream), isGexf ? "application/gexf+xml" : "application/graphml+xml", isGexf ? "works.gexf" : "works.graphml");
    }

    private static async Task<IResult> ExportAsync(ExportRequest request, HttpRequest http, Collection collection, CancellationToken cancellationToken)
    {
        if (request.Items is not { Length: > 0 and <= MaxItems } items)
        {
            throw ApiException.BadRequest($"There are 1 to {MaxItems} items to export.", "items");
        }

        List<(BrowsedWork Work, string? Note)> works = [];
        for (int i = 0; i < items.Length; i++)
        {
            if (items[i]?.Note?.Length > MaxNote)
            {
                throw ApiException.BadRequest($"A note has at most {MaxNote} characters.", $"items[{i}].note");
            }

            works.Add((await collection.WorkOfAsync(items[i]?.Key, cancellationToken, $"items[{i}].key"), items[i]!.Note));
        }

        IEnumerable<CitedWork> cited = works.Select(item => new CitedWork(item.Work.Painting)
        {
            Note = item.Note,
            Address = new Uri($"{IiifEndpoints.Base(http)}/work?key={Uri.EscapeDataString(item.Work.Painting.Key)}"),
        });
        return request.Format switch
        {
            "csv" => File(WorkCsvWriter.Write(cited), "text/csv; charset=utf-8", "works.csv"),
            "ris" => File(RisWriter.Write(cited), "application/x-research-info-systems; charset=utf-8", "works.ris"),
            "csl" => File(CslJsonWriter.Write(cited), "application/vnd.citationstyles.csl+json; charset=utf-8", "works.json"),
            "iiif" => File(
                IiifPresentation.WriteCollection(
                    new Uri($"{IiifEndpoints.Base(http)}/iiif/collection#{Guid.NewGuid():n}"), request.Title ?? "Light table", works.Select(item => IiifEndpoints.Describe(http, item.Work, item.Note))),
                IiifPresentation.MediaType,
                "collection.json"),
            "gexf" => GraphFile(http, await GraphAsync(collection, works, cancellationToken), "gexf", await collection.WorksAsync(cancellationToken)),
            _ => throw ApiException.BadRequest("format is csv, iiif, gexf, csl or ris.", "format"),
        };
    }

    private static IResult File(string text, string type, string name) => Results.File(Encoding.UTF8.GetBytes(text), type, name);

    private static Task<NeighborGraph> GraphAsync(Collection collection, List<(BrowsedWork Work, string? Note)> works, CancellationToken cancellationToken) => NeighborGraphBuilder.BuildAsync(
        collection.Gallery,
        new NeighborGraphOptions
        {
            Space = collection.Spaces[0].Space,
            NeighborCount = 5,
            Filter = new PaintingFilter { Keys = [.. works.Select(item => item.Work.Painting.Key)] },
        },
        null,
        cancellationToken);

    private static async Task<LinkAnswer> LinkAsync(Collection collection, CancellationToken cancellationToken, string? a = null, string? b = null, string? space = null)
    {
        SearchSpace searched = collection.SpaceOf(space);
        BrowsedWork first = await collection.WorkOfAsync(a, cancellationToken, "a"), second = await collection.WorkOfAsync(b, cancellationToken, "b");
        if (first == second)
        {
            throw ApiException.BadRequest("A link is between two works.", "b");
        }

        WorkRelation relation = await WorkRelation.FindAsync(collection.Gallery, first.Painting.Key, second.Painting.Key, searched.Space, cancellationToken);
        IReadOnlyList<FeatureSpaceSummary> held = await collection.Gallery.Store.GetFeatureSpacesAsync(cancellationToken);
        return new LinkAnswer(
            Shown.Work(first),
            Shown.Work(second),
            searched.Id,
            searched.ModelHash,
            relation.Distance,
            relation.RankOfSecond,
            relation.RankOfFirst,
            new LinkSettings(held.FirstOrDefault(each => each.Space == searched.Space)?.Count ?? 0, "angular"),
            DateTimeOffset.UtcNow);
    }
}
