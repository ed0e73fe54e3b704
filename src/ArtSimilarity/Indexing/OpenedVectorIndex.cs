namespace ArtSimilarity.Indexing;

/// <summary>An index that was built before.</summary>
/// <param name="Index">The index; the caller disposes it.</param>
/// <param name="Stamp">The text it was built with.</param>
public sealed record OpenedVectorIndex(IVectorIndex Index, string Stamp);
