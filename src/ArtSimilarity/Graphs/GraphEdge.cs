namespace ArtSimilarity.Graphs;

/// <summary>One edge of a <see cref="NeighborGraph"/>: a work and one of its nearest neighbours.</summary>
/// <param name="From">The index of the work.</param>
/// <param name="To">The index of its neighbour.</param>
/// <param name="Distance">The distance between them under the gallery's metric.</param>
/// <param name="IsMutual">Whether the work is among the nearest neighbours of its neighbour too.</param>
public readonly record struct GraphEdge(int From, int To, float Distance, bool IsMutual);
