using ArtSimilarity.Galleries;

namespace ArtSimilarity.Recognition;

/// <summary>What a search by a photograph found (<see cref="PaintingIdentifier.SearchAsync"/>).</summary>
public sealed class PhotoSearchResult
{
    /// <summary>The works: first those that are verified, the most agreeing points first, then the others in the order of the search.</summary>
    public required IReadOnlyList<IdentifiedCandidate> Results { get; init; }

    /// <summary>
    /// Works that were to be compared with the photograph and could not be, whether they are among the results or not
    /// (<see cref="IdentifiedCandidate.Problem"/>); none as a rule.
    /// </summary>
    public required IReadOnlyList<IdentifiedCandidate> NotComparable { get; init; }

    /// <summary>What the first views alone found, without verification: it may be more works than were wanted.</summary>
    public required GallerySearchResult Views { get; init; }

    /// <summary>The time it took.</summary>
    public required TimeSpan Elapsed { get; init; }
}
