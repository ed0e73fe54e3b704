namespace ArtSimilarity.Cli.Catalogue;

/// <summary>How a CSV file is written, where the user says so; what is <see langword="null"/> is found out.</summary>
/// <param name="Delimiter">What stands between fields.</param>
/// <param name="Encoding">The name of the encoding.</param>
internal sealed record CsvFormat(char? Delimiter, string? Encoding)
{
    /// <summary>Everything is found out.</summary>
    public static CsvFormat Detected { get; } = new(null, null);
}
