using System.Globalization;

namespace ArtSimilarity.CommandLine;

/// <summary>Numbers with what they count: <c>1 work</c>, <c>1,200 works</c>.</summary>
public static class Counted
{
    /// <param name="count">How many.</param>
    /// <param name="singular">The word for one, which takes an s for more.</param>
    /// <param name="plural">The word for more, where it takes no s.</param>
    public static string Of(long count, string singular, string? plural = null) =>
        string.Create(CultureInfo.InvariantCulture, $"{count:N0} {(count == 1 ? singular : plural ?? singular + "s")}");

    /// <summary>The first ten of many, and how many more there are.</summary>
    public static string FirstOf(IReadOnlyCollection<string> all, int count = 10) =>
        string.Join(", ", all.Take(count)) + (all.Count > count ? string.Create(CultureInfo.InvariantCulture, $" and {all.Count - count:N0} more") : "");
}
