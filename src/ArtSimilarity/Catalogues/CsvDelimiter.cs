namespace ArtSimilarity.Catalogues;

/// <summary>Finds out what stands between the fields of a CSV text.</summary>
internal static class CsvDelimiter
{
    private const int SampleRecords = 30;
    private const int SampleLength = 256 * 1024;
    private const string SpreadsheetHint = "sep=";

    // In the order that decides where all else is equal.
    private static readonly char[] Candidates = [',', ';', '\t', '|'];

    /// <param name="text">The text.</param>
    /// <param name="isKnownColumn">Whether a name is one that a header is likely to have.</param>
    /// <param name="isHint">Whether the first line is Excel's <c>sep=;</c>, which is no record.</param>
    public static char Detect(string text, Func<string, bool> isKnownColumn, out bool isHint)
    {
        string firstLine = text[..Math.Max(0, text.AsSpan().IndexOfAny('\r', '\n') is int end and >= 0 ? end : text.Length)];
        isHint = firstLine.StartsWith(SpreadsheetHint, StringComparison.OrdinalIgnoreCase) && firstLine.Length == SpreadsheetHint.Length + 1;
        if (isHint)
        {
            return firstLine[^1];
        }

        string sample = text.Length > SampleLength ? text[..SampleLength] : text;
        return Candidates.MaxBy(candidate => Score(sample, candidate, isKnownColumn));
    }

    /// <summary>How much a candidate makes a table of the text: known columns first, then records as long as the header.</summary>
    private static (int Known, int Regular, int Columns) Score(string sample, char candidate, Func<string, bool> isKnownColumn)
    {
        var reader = new CsvReader(sample, candidate, (_, _) => { });
        string[] header = reader.Read(out _) ?? [];
        int regular = 0;
        for (int i = 0; i < SampleRecords && reader.Read(out _) is string[] record; i++)
        {
            regular += header.Length > 1 && record.Length == header.Length ? 1 : 0;
        }

        return (header.Length > 1 ? header.Count(isKnownColumn) : 0, regular, header.Length);
    }
}
