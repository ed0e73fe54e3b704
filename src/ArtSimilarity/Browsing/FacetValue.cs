namespace ArtSimilarity.Browsing;

/// <summary>A value of a facet.</summary>
/// <param name="Value">The value, as the catalogue writes it.</param>
/// <param name="Count">How many works have it among those that pass the other choices.</param>
/// <param name="IsChosen">Whether the filter chooses it.</param>
public sealed record FacetValue(string Value, int Count, bool IsChosen);
