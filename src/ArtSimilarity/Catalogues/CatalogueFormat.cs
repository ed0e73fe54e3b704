namespace ArtSimilarity.Catalogues;

/// <summary>How a catalogue is written, where that is known.</summary>
public sealed class CatalogueFormat
{
    /// <summary>Creates a catalogue format.</summary>
    /// <param name="csv">See <see cref="Csv"/>.</param>
    /// <param name="map">See <see cref="Map"/>.</param>
    public CatalogueFormat(CsvFormat csv, IReadOnlyList<KeyValuePair<string, string>> map)
    {
        ArgumentNullException.ThrowIfNull(csv);
        ArgumentNullException.ThrowIfNull(map);
        Csv = csv;
        Map = map;
    }

    /// <summary>The delimiter and the encoding.</summary>
    public CsvFormat Csv { get; }

    /// <summary>Which column holds which field: names of <see cref="ColumnMap.Fields"/> and of columns. The others are found by their names.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Map { get; }

    /// <summary>Everything is found out.</summary>
    public static CatalogueFormat Detected { get; } = new(CsvFormat.Detected, []);
}
