using ArtSimilarity.Galleries;

namespace ArtSimilarity.Duplicates;

/// <summary>A result of a search, and further results that show the same work.</summary>
/// <param name="Result">The nearest of them.</param>
/// <param name="Copies">The others, the nearest first; none as a rule.</param>
public sealed record FoldedResult(SimilarPainting Result, IReadOnlyList<SimilarPainting> Copies);
