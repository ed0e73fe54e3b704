namespace ArtSimilarity.Galleries;

/// <summary>What is written to a store for one work.</summary>
public sealed class GalleryEntry
{
    /// <summary>Creates a gallery entry.</summary>
    /// <param name="painting">See <see cref="Painting"/>.</param>
    /// <param name="contentHash">See <see cref="ContentHash"/>.</param>
    /// <param name="signatures">See <see cref="Signatures"/>.</param>
    public GalleryEntry(Painting painting, string? contentHash, IReadOnlyList<Signature> signatures)
    {
        ArgumentNullException.ThrowIfNull(painting);
        ArgumentNullException.ThrowIfNull(signatures);
        Painting = painting;
        ContentHash = contentHash;
        Signatures = signatures;
    }

    /// <summary>The work; replaces what the store knows under its key.</summary>
    public Painting Painting { get; }

    /// <summary>
    /// Identifies the image's bytes. When it differs from the stored one, the signatures of the former image are removed, in every
    /// feature space. <see langword="null"/>, without signatures, updates only what the catalogue says of a work that is stored; an
    /// unknown work is then passed over.
    /// </summary>
    public string? ContentHash { get; }

    /// <summary>
    /// At most one per feature space and region. Those of a space replace all that the work has in that space; those of other spaces stay.
    /// </summary>
    public IReadOnlyList<Signature> Signatures { get; }

    /// <summary>
    /// The key that the work has been stored under until now; <see langword="null"/> where it keeps its key. A work stored under
    /// it becomes the one of this entry, with its signatures and their ids. When no work has the former key, it says nothing.
    /// </summary>
    public string? FormerKey { get; init; }
}
