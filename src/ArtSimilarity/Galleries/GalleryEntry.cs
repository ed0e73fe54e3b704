namespace ArtSimilarity.Galleries;

/// <summary>What is written to a store for one work.</summary>
/// <param name="Painting">The work; replaces what the store knows under its key.</param>
/// <param name="ContentHash">
/// Identifies the image's bytes. When it differs from the stored one, the signatures of the former image are removed, in every
/// feature space. <see langword="null"/>, without signatures, updates only what the catalogue says of a work that is stored; an
/// unknown work is then passed over.
/// </param>
/// <param name="Signatures">At most one per feature space; each replaces the stored one of its space.</param>
public sealed record GalleryEntry(Painting Painting, string? ContentHash, IReadOnlyList<Signature> Signatures)
{
    /// <summary>
    /// The key that the work has been stored under until now; <see langword="null"/> where it keeps its key. A work stored under
    /// it becomes the one of this entry, with its signatures and their ids. When no work has the former key, it says nothing.
    /// </summary>
    public string? FormerKey { get; init; }
}
