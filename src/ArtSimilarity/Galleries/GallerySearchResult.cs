using ArtSimilarity.Features;

namespace ArtSimilarity.Galleries;

/// <summary>The answer to a search in a gallery.</summary>
/// <param name="Results">The works found, nearest first.</param>
/// <param name="Space">The feature space that was searched; the first of several, see <see cref="Spaces"/>.</param>
/// <param name="IsExact">Whether the answer is that of a comparison with every signature; otherwise an approximate index answered.</param>
/// <param name="ExtractionTime">The time spent on the query's signature (decoding and extracting, or looking it up).</param>
/// <param name="SearchTime">The time spent on finding neighbours and reading their works, without opening or building an index.</param>
public sealed record GallerySearchResult(
    IReadOnlyList<SimilarPainting> Results, FeatureSpace Space, bool IsExact, TimeSpan ExtractionTime, TimeSpan SearchTime)
{
    /// <summary>The feature spaces that were searched, those that counted for nothing left out, with weights that sum to 1.</summary>
    public IReadOnlyList<SpaceWeight> Spaces { get; init; } = [new(Space, 1)];

    /// <summary>What whoever asked should know of the query's image, e.g. that it is very small; empty as a rule.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>
    /// How many works have a signature in every space that was searched, whether they pass the filter or not. With 0 nothing could be found;
    /// with more, a filter that lets nothing through explains an empty answer.
    /// </summary>
    public int WorkCount { get; init; }
}
