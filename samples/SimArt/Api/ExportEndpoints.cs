using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using ArtSimilarity;
using ArtSimilarity.Catalogues;
using ArtSimilarity.Graphs;
using SimArt.Collections;

namespace SimArt.Api;

/// <summary>A light table in the formats of other programs.</summary>
internal static class ExportEndpoints
{
    private const int MaxItems = 2000, MaxNote = 5000;

    public static void Map(RouteGroupBuilder api) =>
        api.MapPost("/export", ExportAsync).WithSummary("Works with notes as CSV, IIIF collection, GEXF, CSL-JSON or RIS.").WithDescription("format is csv, iiif, gexf, csl or ris.");

    private static async Task<IResult> ExportAsync(ExportRequest request, HttpRequest http, Collection collection, CancellationToken cancellationToken)
    {
        if (request.Items is not { Length: > 0 and <= MaxItems } items)
        {
            throw ApiException.BadRequest($"There are 1 to {MaxItems} items to export.", "items");
        }

        List<(CatalogueWork Work, string? Note)> works = [];
        for (int i = 0; i < items.Length; i++)
        {
            if (items[i]?.Note?.Length > MaxNote)
            {
                throw ApiException.BadRequest($"A note has at most {MaxNote} characters.", $"items[{i}].note");
            }

            works.Add((await collection.WorkOfAsync(items[i]?.Key, cancellationToken, $"items[{i}].key"), items[i]!.Note));
        }

        return request.Format switch
        {
            "csv" => File(Csv(works), "text/csv; charset=utf-8", "works.csv"),
            "ris" => File(Ris(http, works), "application/x-research-info-systems; charset=utf-8", "works.ris"),
            "csl" => File(Csl(http, works).ToJsonString(Readable), "application/vnd.citationstyles.csl+json; charset=utf-8", "works.json"),
            "iiif" => File(IiifEndpoints.Describe(http, $"{IiifEndpoints.Base(http)}/iiif/collection#{Guid.NewGuid():n}", request.Title ?? "Light table", works).ToJsonString(Readable), "application/ld+json", "collection.json"),
            "gexf" => GenealogyEndpoints.Download(http, await GraphAsync(collection, works, cancellationToken), "gexf", await collection.Catalogue.CurrentAsync(cancellationToken)),
            _ => throw ApiException.BadRequest("format is csv, iiif, gexf, csl or ris.", "format"),
        };
    }

    private static readonly JsonSerializerOptions Readable = new() { WriteIndented = true };

    private static IResult File(string text, string type, string name) => Results.File(Encoding.UTF8.GetBytes(text), type, name);

    private static Task<NeighborGraph> GraphAsync(Collection collection, List<(CatalogueWork Work, string? Note)> works, CancellationToken cancellationToken) => NeighborGraphBuilder.BuildAsync(
        collection.Gallery,
        new NeighborGraphOptions
        {
            Space = collection.Spaces[0].Space,
            NeighborCount = 5,
            Filter = new PaintingFilter { Keys = [.. works.Select(item => item.Work.Painting.Key)] },
        },
        null,
        cancellationToken);

    private static string Csv(List<(CatalogueWork Work, string? Note)> works)
    {
        string[] fields = [.. works.SelectMany(item => item.Work.Painting.Fields.Keys).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        var text = new StringBuilder("\uFEFF"); // spreadsheets take the file for UTF-8 by this
        text.Append(CsvLine.Of(["id", "title", "artist", "date", "year", "genre", "style", "tags", "note", .. fields]));
        foreach ((CatalogueWork work, string? note) in works)
        {
            Painting painting = work.Painting;
            text.Append(CsvLine.Of([painting.Key, painting.Title, string.Join("; ", painting.Artists), painting.Date?.Text, painting.Year?.ToString(CultureInfo.InvariantCulture), painting.Genre,
                painting.Style, string.Join("; ", painting.Tags), note, .. fields.Select(name => painting.Fields.TryGetValue(name, out IReadOnlyList<string>? values) ? string.Join("; ", values) : null)]));
        }

        return text.ToString();
    }

    private static string Ris(HttpRequest request, List<(CatalogueWork Work, string? Note)> works)
    {
        var text = new StringBuilder();
        foreach ((CatalogueWork work, string? note) in works)
        {
            Painting painting = work.Painting;
            Tag("TY", "ART");
            Tag("ID", painting.Key);
            Tag("TI", painting.Title ?? painting.Key);
            painting.Artists.ToList().ForEach(artist => Tag("AU", artist));
            Tag("PY", painting.Year?.ToString(CultureInfo.InvariantCulture));
            Tag("DA", painting.Date?.Text);
            painting.Tags.ToList().ForEach(tag => Tag("KW", tag));
            Tag("N1", note);
            Tag("UR", Address(request, work));
            text.Append("ER  - \r\n\r\n");
        }

        return text.ToString();

        // A line of RIS ends where the text has a line break, so there may be none in it.
        void Tag(string name, string? value)
        {
            if (!string.IsNullOrWhiteSpace(value))
            {
                text.Append(name).Append("  - ").Append(string.Join(' ', value.Split(['\r', '\n', '\u2028', '\u2029'], StringSplitOptions.RemoveEmptyEntries))).Append("\r\n");
            }
        }
    }

    private static JsonArray Csl(HttpRequest request, List<(CatalogueWork Work, string? Note)> works) => new([.. works.Select(item =>
    {
        Painting painting = item.Work.Painting;
        JsonObject entry = new() { ["id"] = painting.Key, ["type"] = "graphic", ["title"] = painting.Title ?? painting.Key, ["URL"] = Address(request, item.Work) };
        if (painting.Artists.Count > 0)
        {
            entry["author"] = new JsonArray([.. painting.Artists.Select(artist => (JsonNode)new JsonObject { ["literal"] = artist })]);
        }

        if (painting.Year is int year)
        {
            entry["issued"] = new JsonObject { ["date-parts"] = new JsonArray(new JsonArray(year)) };
        }

        if (!string.IsNullOrWhiteSpace(item.Note))
        {
            entry["note"] = item.Note;
        }

        return (JsonNode)entry;
    })]);

    private static string Address(HttpRequest request, CatalogueWork work) => $"{IiifEndpoints.Base(request)}/work?key={Uri.EscapeDataString(work.Painting.Key)}";
}
