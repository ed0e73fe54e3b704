using ArtSimilarity.Indexing;

namespace ArtSimilarity.Annoy.Tests;

/// <summary>What Annoy's own code says of a file: items, trees, and the neighbours of each query.</summary>
public sealed record AnnoyReferenceAnswer(int Items, int Trees, IReadOnlyList<Neighbor[]> Neighbors);
