using System.Text;
using ArtSimilarity.Exporting;
using ArtSimilarity.Graphs;

namespace SimArt.Api;

/// <summary>A light table in the formats of other programs.</summary>
internal static class ExportEndpoints
{
    private const int MaxItems = 2000, MaxNote = 5000;

    public static void Map(RouteGroupBuilder api) =>
        api.MapPost("/export", ExportAsync).WithSummary("Works with notes as CSV, IIIF collection, GEXF, CSL-JSON or RIS.").WithDescription("format is csv, iiif, gexf, csl or ris.").RequireRateLimiting(Limits.Heavy);

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
            "gexf" => GenealogyEndpoints.Download(http, await GraphAsync(collection, works, cancellationToken), "gexf", await collection.WorksAsync(cancellationToken)),
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
}
