using System.Globalization;
using System.Text;
using ArtSimilarity.Catalogues;

namespace ArtSimilarity.Exporting;

/// <summary>
/// Writes works as CSV that <see cref="MetadataCatalogue"/> and spreadsheets read: id, title, artist, date, year, genre, style, tags, note, url, then the
/// fields of the catalogue. Several values of one cell stand with "; " between them. What a spreadsheet would take for a formula is guarded
/// (<see cref="CsvLine"/>).
/// </summary>
public static class WorkCsvWriter
{
    /// <summary>Writes works.</summary>
    /// <param name="works">The works.</param>
    /// <returns>The document, which begins with a byte order mark: spreadsheets take it for UTF-8 by this.</returns>
    public static string Write(IEnumerable<CitedWork> works)
    {
        ArgumentNullException.ThrowIfNull(works);
        CitedWork[] all = [.. works];
        string[] fields = [.. all.SelectMany(cited => cited.Work.Fields.Keys).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        var text = new StringBuilder("\uFEFF").Append(CsvLine.Of(["id", "title", "artist", "date", "year", "genre", "style", "tags", "note", "url", .. fields]));
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
                .. fields.Select(name => work.Fields.TryGetValue(name, out IReadOnlyList<string>? values) ? string.Join("; ", values) : null),
            ]));
        }

        return text.ToString();
    }
}
