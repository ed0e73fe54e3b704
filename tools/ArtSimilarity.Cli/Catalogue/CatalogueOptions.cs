using ArtSimilarity.Catalogues;
using ArtSimilarity.CommandLine;

namespace ArtSimilarity.Cli.Catalogue;

/// <summary>What <c>--delimiter</c>, <c>--encoding</c> and <c>--map</c> say of a catalogue.</summary>
internal static class CatalogueOptions
{
    /// <summary>What <c>--delimiter</c>, <c>--encoding</c> and <c>--map</c> say.</summary>
    /// <exception cref="UsageException">One of them makes no sense.</exception>
    public static CatalogueFormat Parse(string? delimiter, string? encoding, IReadOnlyList<string> map)
    {
        if (encoding is not null && !CsvFormat.IsKnownEncoding(encoding))
        {
            throw new UsageException($"--encoding '{encoding}' is not known; try utf-8, utf-16, windows-1252, windows-1250, iso-8859-1, shift_jis or gb18030.");
        }

        KeyValuePair<string, string>[] pairs = [.. map.Select(Column)];
        return pairs.GroupBy(pair => pair.Key).FirstOrDefault(group => group.Count() > 1) is { } twice
            ? throw new UsageException($"--map {twice.Key} is given twice.")
            : new CatalogueFormat(new CsvFormat(delimiter is null ? null : Character(delimiter), encoding), pairs);
    }

    private static char Character(string text) => text.ToLowerInvariant() switch
    {
        "tab" or "\\t" => '\t',
        "comma" => ',',
        "semicolon" => ';',
        "space" => ' ',
        { Length: 1 } one when one[0] is not ('"' or '\r' or '\n') => text[0],
        _ => throw new UsageException($"--delimiter '{text}': expected one character, or comma, semicolon, tab or space."),
    };

    /// <summary>What one <c>--map FIELD=Column</c> says.</summary>
    /// <exception cref="UsageException">It is not of that form, or names no field.</exception>
    private static KeyValuePair<string, string> Column(string text)
    {
        int equals = text.IndexOf('=', StringComparison.Ordinal);
        string field = equals > 0 ? text[..equals].Trim().ToLowerInvariant() : "";
        string column = equals > 0 ? text[(equals + 1)..].Trim() : "";
        return ColumnMap.Fields.Contains(field) && column.Length > 0
            ? new(field, column)
            : throw new UsageException($"--map {text}: expected FIELD=Column, where FIELD is one of {string.Join(", ", ColumnMap.Fields)}.");
    }
}
