namespace ArtSimilarity.Catalogues;

/// <summary>
/// Texts that a spreadsheet would run as a formula. An apostrophe before them keeps them texts, as spreadsheets themselves have it; one is
/// taken away again when a table is read. Texts that begin with apostrophes and such a character get one more, so that nothing is lost.
/// </summary>
internal static class CsvFormula
{
    public static string Guard(string text) => IsFormula(text.AsSpan().TrimStart('\'')) && !IsNumber(text) ? "'" + text : text;

    public static string Unguard(string text) => text.StartsWith('\'') && IsFormula(text.AsSpan().TrimStart('\'')) ? text[1..] : text;

    private static bool IsFormula(ReadOnlySpan<char> text) => text is ['=' or '+' or '-' or '@' or '\t' or '\r' or '\n', ..];

    private static bool IsNumber(string text) => text.Length > 1 && text[0] == '-' && text.AsSpan(1).IndexOfAnyExceptInRange('0', '9') < 0;
}
