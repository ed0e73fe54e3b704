namespace ArtSimilarity.Catalogues;

/// <summary>
/// Writes records of CSV (RFC 4180) that <see cref="CsvTable"/> reads back as they were. A text that a spreadsheet would take for a formula
/// begins with an apostrophe, so that it stays text: titles and keys come from strangers.
/// </summary>
public static class CsvLine
{
    /// <summary>One record, with its line end.</summary>
    /// <param name="fields">The fields; <see langword="null"/> is an empty one.</param>
    /// <returns>The record, ending in a line feed.</returns>
    public static string Of(IEnumerable<string?> fields) => string.Join(',', fields.Select(Field)) + "\n";

    private static string Field(string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            return "";
        }

        string safe = CsvFormula.Guard(text);
        return safe.AsSpan().ContainsAny(",\"\r\n") || safe[0] == ' ' || safe[^1] == ' ' ? $"\"{safe.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : safe;
    }
}
