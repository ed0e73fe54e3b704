using ArtSimilarity.Features;

namespace ArtSimilarity.Galleries;

/// <summary>The answer to a search in a gallery.</summary>
/// <param name="Results">The works found, nearest first.</param>
/// <param name="Space">The feature space that was searched.</param>
/// <param name="IsExact">Whether the answer is that of a comparison with every signature; otherwise an approximate index answered.</param>
/// <param name="ExtractionTime">The time spent on the query's signature (decoding and extracting, or looking it up).</param>
/// <param name="SearchTime">The time spent on finding neighbours and reading their works, without opening or building an index.</param>
public sealed record GallerySearchResult(
    IReadOnlyList<SimilarPainting> Results, FeatureSpace Space, bool IsExact, TimeSpan ExtractionTime, TimeSpan SearchTime);
