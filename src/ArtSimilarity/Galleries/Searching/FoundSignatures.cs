using ArtSimilarity.Indexing;

namespace ArtSimilarity.Galleries.Searching;

/// <summary>What a search found before the works were read.</summary>
/// <param name="Neighbors">The nearest, by their ids in the first space searched.</param>
/// <param name="Details">What is known of each beside the distance; <see langword="null"/> where one view was searched for in one space.</param>
/// <param name="IsExact">Whether the answer is that of a comparison with all.</param>
/// <param name="WorkCount">How many works have a signature in every space searched, whatever the filter.</param>
/// <param name="IsStale">Whether a work that might belong here was removed or replaced while the search ran.</param>
internal readonly record struct FoundSignatures(ArraySegment<Neighbor> Neighbors, ResultDetails[]? Details, bool IsExact, int WorkCount, bool IsStale);
