namespace ArtSimilarity.Galleries.Adding;

/// <summary>Counts what a work loses when its catalogue data are replaced.</summary>
internal static class ErasedValues
{
    /// <summary>How many values the gallery knew of a work that have nothing in their place now. What is another value now is none of them.</summary>
    public static int Count(Painting former, Painting now) =>
        Lost(former.Title, now.Title) + Lost(former.Genre, now.Genre) + Lost(former.Style, now.Style)
        + ((former.Date is not null || former.Year is not null) && now.Date is null && now.Year is null ? 1 : 0)
        + (now.Artists.Count == 0 ? former.Artists.Count : 0)
        + former.Tags.Except(now.Tags, StringComparer.Ordinal).Count()
        + former.Fields.Where(field => !now.Fields.ContainsKey(field.Key)).Sum(field => field.Value.Count);

    private static int Lost(string? former, string? now) => former is not null && now is null ? 1 : 0;
}
