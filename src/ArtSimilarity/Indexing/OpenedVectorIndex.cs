namespace ArtSimilarity.Indexing;

/// <summary>An index opened from a file.</summary>
/// <param name="Index">The index; the caller disposes it.</param>
/// <param name="Stamp">The text it was built with.</param>
/// <param name="Ids">The ids it was built over.</param>
public sealed record OpenedVectorIndex(ILocalVectorIndex Index, string Stamp, IdSet Ids);
