using System.Text.Json;
using System.Text.Json.Nodes;

namespace ArtSimilarity.Exporting;

/// <summary>Writes works as CSL-JSON, which Zotero, pandoc and citeproc read. Format: https://citeproc-js.readthedocs.io/en/latest/csl-json/markup.html.</summary>
public static class CslJsonWriter
{
    private static readonly JsonWriterOptions Readable = new() { Indented = true };

    /// <summary>Writes works, as items of the type graphic.</summary>
    /// <param name="works">The works.</param>
    /// <returns>The document: an array, indented.</returns>
    public static string Write(IEnumerable<CitedWork> works)
    {
        ArgumentNullException.ThrowIfNull(works);
        return ExportJson.Write(new JsonArray([.. works.Select(cited => (JsonNode)Item(cited))]), Readable);
    }

    private static JsonObject Item(CitedWork cited)
    {
        Painting work = cited.Work;
        JsonObject item = new() { ["id"] = work.Key, ["type"] = "graphic", ["title"] = work.Title ?? work.Key };
        if (work.Artists.Count > 0)
        {
            // One name, as the catalogue writes it: which part is the family's is not known.
            item["author"] = new JsonArray([.. work.Artists.Select(artist => (JsonNode)new JsonObject { ["literal"] = artist })]);
        }

        if (work.Year is int year)
        {
            item["issued"] = new JsonObject { ["date-parts"] = new JsonArray((JsonNode)new JsonArray((JsonNode)year)) };
        }

        if (cited.Address is not null)
        {
            item["URL"] = cited.Address.AbsoluteUri;
        }

        if (!string.IsNullOrWhiteSpace(cited.Note))
        {
            item["note"] = cited.Note;
        }

        return item;
    }
}
