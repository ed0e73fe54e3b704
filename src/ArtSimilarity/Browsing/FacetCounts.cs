namespace ArtSimilarity.Browsing;

/// <summary>The values of one facet.</summary>
/// <param name="Facet">The facet, as <see cref="Browsing.Facet"/> names it.</param>
/// <param name="Values">The values, the most frequent first; periods in the order of time. No more than were asked for.</param>
/// <param name="DistinctCount">How many different values there are.</param>
public sealed record FacetCounts(string Facet, IReadOnlyList<FacetValue> Values, int DistinctCount);
