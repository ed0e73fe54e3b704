using System.Globalization;
using System.Text;

namespace ArtSimilarity.Exporting;

/// <summary>
/// Writes works as RIS, which Zotero, EndNote and Mendeley read: TY ART, ID, TI, AU, PY, DA, KW, N1 and UR. Line breaks in texts and other control characters become blanks, since a
/// line of RIS is one value. Format: https://en.wikipedia.org/wiki/RIS_(file_format).
/// </summary>
public static class RisWriter
{
    /// <summary>Writes works.</summary>
    /// <param name="works">The works.</param>
    /// <returns>The document, with a carriage return and a line feed at the end of each line.</returns>
    public static string Write(IEnumerable<CitedWork> works)
    {
        ArgumentNullException.ThrowIfNull(works);
        var text = new StringBuilder();
        foreach (CitedWork cited in works)
        {
            Painting work = cited.Work;
            Tag(text, "TY", "ART");
            Tag(text, "ID", work.Key);
            Tag(text, "TI", work.Title ?? work.Key);
            foreach (string artist in work.Artists)
            {
                Tag(text, "AU", artist);
            }

            Tag(text, "PY", work.Year?.ToString(CultureInfo.InvariantCulture));
            Tag(text, "DA", work.Date?.Text);
            foreach (string tag in work.Tags)
            {
                Tag(text, "KW", tag);
            }

            Tag(text, "N1", cited.Note);
            Tag(text, "UR", cited.Address?.AbsoluteUri);
            text.Append("ER  - \r\n\r\n");
        }

        return text.ToString();
    }

    private static void Tag(StringBuilder text, string name, string? value)
    {
        if (!string.IsNullOrWhiteSpace(value))
        {
            text.Append(name).Append("  - ").AppendJoin(' ', OneLine(value).Split(' ', StringSplitOptions.RemoveEmptyEntries)).Append("\r\n");
        }
    }

    private static string OneLine(string value) => string.Create(value.Length, value, static (line, value) =>
    {
        for (int i = 0; i < line.Length; i++)
        {
            line[i] = char.IsControl(value[i]) || value[i] is '\u2028' or '\u2029' ? ' ' : value[i];
        }
    });
}
