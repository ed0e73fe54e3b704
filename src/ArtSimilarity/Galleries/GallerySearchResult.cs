namespace ArtSimilarity.Galleries;

/// <summary>The answer to a search in a gallery.</summary>
public sealed class GallerySearchResult
{
    /// <summary>The works found, nearest first.</summary>
    public required IReadOnlyList<SimilarPainting> Results { get; init; }

    /// <summary>The feature spaces that were searched, those that counted for nothing left out, with weights that sum to 1.</summary>
    public required IReadOnlyList<SpaceWeight> Spaces { get; init; }

    /// <summary>Whether the answer is that of a comparison with every signature; otherwise an approximate index answered.</summary>
    public required bool IsExact { get; init; }

    /// <summary>The time spent on the query's signature (decoding and extracting, or looking it up).</summary>
    public TimeSpan ExtractionTime { get; init; }

    /// <summary>The time spent on finding neighbours and reading their works, without opening or building an index.</summary>
    public TimeSpan SearchTime { get; init; }

    /// <summary>What whoever asked should know of the query's image, e.g. that it is very small; empty as a rule.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>
    /// How many works have a signature in every space that was searched, whether they pass the filter or not. With 0 nothing could be found;
    /// with more, a filter that lets nothing through explains an empty answer.
    /// </summary>
    public int WorkCount { get; init; }
}
