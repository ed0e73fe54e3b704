using System.Globalization;
using SimArt.Api;

namespace SimArt.Collections;

/// <summary>By what works can be chosen, and how many there are of each.</summary>
internal static class CatalogueFacets
{
    public const string Genre = "genre", Style = "style", Artist = "artist", Tag = "tag", Period = "period", FieldPrefix = "field.";

    private const int PeriodYears = 50, MaxValues = 100;

    /// <summary>A half century, such as 1850-1899.</summary>
    public static string PeriodOf(int year)
    {
        int start = (int)Math.Floor(year / (double)PeriodYears) * PeriodYears;
        return string.Create(CultureInfo.InvariantCulture, $"{start}-{start + PeriodYears - 1}");
    }

    /// <summary>Counts the values of every facet. A facet's own choice does not count against its values, so that a second one can be chosen.</summary>
    public static FacetsAnswer Count(CatalogueSnapshot catalogue, WorkFilter filter)
    {
        string[] facets = [Genre, Style, Artist, Period, Tag, .. catalogue.FieldNames.Select(name => FieldPrefix + name)];
        var counts = facets.ToDictionary(facet => facet, _ => new Dictionary<string, int>(StringComparer.Ordinal));
        WorkMatcher matcher = new(filter);
        int total = 0;
        foreach (CatalogueWork work in catalogue.Works)
        {
            string? failed = matcher.OnlyFailure(work, out bool matches);
            total += matches ? 1 : 0;
            foreach (string facet in matches ? facets : failed is null ? [] : [failed])
            {
                foreach (string label in work.LabelsOf(facet))
                {
                    Dictionary<string, int> count = counts[facet];
                    count[label] = count.GetValueOrDefault(label) + 1;
                }
            }
        }

        return new FacetsAnswer(total, [.. facets.Where(facet => counts[facet].Count > 0).Select(facet => new FacetAnswer(
            facet,
            LabelOf(facet),
            [.. Ordered(facet, counts[facet]).Take(MaxValues).Select(value => new FacetValue(value.Key, value.Key.Replace('_', ' '), value.Value, matcher.IsChosen(facet, value.Key)))],
            counts[facet].Count))]);
    }

    public static string LabelOf(string facet) =>
        facet.StartsWith(FieldPrefix, StringComparison.Ordinal) ? facet[FieldPrefix.Length..] : char.ToUpperInvariant(facet[0]) + facet[1..];

    private static IEnumerable<KeyValuePair<string, int>> Ordered(string facet, Dictionary<string, int> counts) =>
        facet == Period
            ? counts.OrderBy(value => int.Parse(value.Key[..value.Key.LastIndexOf('-')], CultureInfo.InvariantCulture))
            : counts.OrderByDescending(value => value.Value).ThenBy(value => value.Key, StringComparer.Ordinal);
}
