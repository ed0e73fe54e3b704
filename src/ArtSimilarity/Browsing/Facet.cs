using System.Globalization;

namespace ArtSimilarity.Browsing;

/// <summary>By what works can be chosen: genre, style, artist, period, tag, and each field of the catalogue.</summary>
public static class Facet
{
    /// <summary>The genre.</summary>
    public const string Genre = "genre";

    /// <summary>The style.</summary>
    public const string Style = "style";

    /// <summary>The artists; a work may have several.</summary>
    public const string Artist = "artist";

    /// <summary>Half centuries, by the work's year: <c>1850-1899</c>. Filters choose them by years.</summary>
    public const string Period = "period";

    /// <summary>The tags; a work may have several.</summary>
    public const string Tag = "tag";

    /// <summary>What a field of the catalogue begins with, before its name: <c>field.museum</c>.</summary>
    public const string FieldPrefix = "field.";

    private const int PeriodYears = 50;

    /// <summary>The half century of a year.</summary>
    /// <param name="year">The year; negative ones are before the year 1.</param>
    /// <returns>Its first and last year, such as <c>1850-1899</c>.</returns>
    public static string PeriodOf(int year)
    {
        int start = (int)Math.Floor(year / (double)PeriodYears) * PeriodYears;
        return string.Create(CultureInfo.InvariantCulture, $"{start}-{start + PeriodYears - 1}");
    }

    /// <summary>A work's labels of a facet, as the catalogue writes them.</summary>
    /// <param name="work">The work.</param>
    /// <param name="facet">One of the constants here, or <see cref="FieldPrefix"/> and the name of a field.</param>
    /// <returns>The labels; empty where the work has none.</returns>
    /// <exception cref="ArgumentException">There is no such facet.</exception>
    public static IReadOnlyList<string> LabelsOf(Painting work, string facet)
    {
        ArgumentNullException.ThrowIfNull(work);
        ArgumentNullException.ThrowIfNull(facet);
        return facet switch
        {
            Genre => work.Genre is string genre ? [genre] : [],
            Style => work.Style is string style ? [style] : [],
            Artist => work.Artists,
            Tag => work.Tags,
            Period => work.Year is int year ? [PeriodOf(year)] : [],
            _ when facet.StartsWith(FieldPrefix, StringComparison.Ordinal) => work.Fields.TryGetValue(facet[FieldPrefix.Length..], out IReadOnlyList<string>? values) ? values : [],
            _ => throw new ArgumentException($"There is no facet '{facet}'.", nameof(facet)),
        };
    }

    /// <summary>One name for all spellings of a facet: the names of fields are compared without regard to case and accents.</summary>
    internal static string Canonical(string facet) => facet.StartsWith(FieldPrefix, StringComparison.Ordinal) ? FieldPrefix + LabelFolding.Fold(facet[FieldPrefix.Length..]) : facet;

    /// <summary>The first year of a period's name, to order periods by.</summary>
    internal static int FirstYear(string period) => int.Parse(period[..period.IndexOf('-', 1)], CultureInfo.InvariantCulture);
}
