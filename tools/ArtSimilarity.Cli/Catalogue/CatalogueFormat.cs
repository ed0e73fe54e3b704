using ArtSimilarity.CommandLine;

namespace ArtSimilarity.Cli.Catalogue;

/// <summary>How a catalogue is written, where the user says so.</summary>
/// <param name="Csv">The delimiter and the encoding.</param>
/// <param name="Map">Which column holds which field.</param>
internal sealed record CatalogueFormat(CsvFormat Csv, IReadOnlyList<KeyValuePair<string, string>> Map)
{
    /// <summary>Everything is found out.</summary>
    public static CatalogueFormat Detected { get; } = new(CsvFormat.Detected, []);

    /// <summary>What <c>--delimiter</c>, <c>--encoding</c> and <c>--map</c> say.</summary>
    /// <exception cref="UsageException">One of them makes no sense.</exception>
    public static CatalogueFormat Parse(string? delimiter, string? encoding, IReadOnlyList<string> map)
    {
        if (encoding is not null)
        {
            CsvText.ThrowUnlessKnown(encoding);
        }

        KeyValuePair<string, string>[] pairs = [.. map.Select(ColumnMap.Parse)];
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
}
