namespace ArtSimilarity.Catalogues;

/// <summary>How a CSV file is written, where that is known; what is <see langword="null"/> is found out.</summary>
/// <param name="Delimiter">What stands between fields.</param>
/// <param name="Encoding">The name of the encoding, e.g. <c>windows-1250</c>.</param>
public sealed record CsvFormat(char? Delimiter, string? Encoding)
{
    /// <summary>Everything is found out.</summary>
    public static CsvFormat Detected { get; } = new(null, null);

    /// <summary>Whether files of an encoding can be read.</summary>
    /// <param name="name">The name of the encoding.</param>
    /// <returns><see langword="true"/> where it is known.</returns>
    public static bool IsKnownEncoding(string name) => CsvText.Named(name) is not null;
}
