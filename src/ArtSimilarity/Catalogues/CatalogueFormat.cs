namespace ArtSimilarity.Catalogues;

/// <summary>How a catalogue is written, where that is known.</summary>
/// <param name="Csv">The delimiter and the encoding.</param>
/// <param name="Map">Which column holds which field: names of <see cref="ColumnMap.Fields"/> and of columns. The others are found by their names.</param>
public sealed record CatalogueFormat(CsvFormat Csv, IReadOnlyList<KeyValuePair<string, string>> Map)
{
    /// <summary>Everything is found out.</summary>
    public static CatalogueFormat Detected { get; } = new(CsvFormat.Detected, []);
}
