using System.Globalization;
using System.Text;
using ArtSimilarity.Catalogues;

namespace ArtSimilarity.Exporting;

/// <summary>
/// Writes works as CSV that <see cref="MetadataCatalogue"/> and spreadsheets read: id, title, artist, date, year, genre, style, tags, note, url, then the
/// fields of the catalogue. Several artists or tags stand with "; " between them, and several values of a field with " | ". A field whose name is that of
/// a column has "field " before it. What a spreadsheet would take for a formula is guarded
/// (<see cref="CsvLine"/>).
/// </summary>
public static class WorkCsvWriter
{
    private static readonly string[] Columns = ["id", "title", "artist", "date", "year", "genre", "style", "tags", "note", "url"];

    /// <summary>Writes works.</summary>
    /// <param name="works">The works.</param>
    /// <returns>The document, which begins with a byte order mark: spreadsheets take it for UTF-8 by this.</returns>
    public static string Write(IEnumerable<CitedWork> works)
    {
        ArgumentNullException.ThrowIfNull(works);
        CitedWork[] all = [.. works];
        string[] fields = [.. all.SelectMany(cited => cited.Work.Fields.Keys).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).DistinctBy(LabelFolding.Fold, StringComparer.Ordinal)];
        var text = new StringBuilder("\uFEFF").Append(CsvLine.Of([.. Columns, .. NamesOf(fields)]));
        foreach (CitedWork cited in all)
        {
            Painting work = cited.Work;
            text.Append(CsvLine.Of([
                work.Key,
                work.Title,
                string.Join("; ", work.Artists),
                work.Date?.Text,
                work.Year?.ToString(CultureInfo.InvariantCulture),
                work.Genre,
                work.Style,
                string.Join("; ", work.Tags),
                cited.Note,
                cited.Address?.AbsoluteUri,
                .. fields.Select(name => work.Fields.TryGetValue(name, out IReadOnlyList<string>? values) ? string.Join(" | ", values) : null),
            ]));
        }

        return text.ToString();
    }

    /// <summary>The names of the fields' columns: no two columns of a table may have one name.</summary>
    private static IEnumerable<string> NamesOf(string[] fields)
    {
        HashSet<string> taken = new(Columns, StringComparer.OrdinalIgnoreCase);
        foreach (string field in fields)
        {
            string name = field;
            while (!taken.Add(name))
            {
                name = "field " + name;
            }

            yield return name;
        }
    }
}
