using ArtSimilarity.Features;

namespace ArtSimilarity.Galleries;

/// <summary>What a store knows of one work.</summary>
public sealed class StoredWork
{
    /// <summary>Creates a stored work.</summary>
    /// <param name="painting">See <see cref="Painting"/>.</param>
    /// <param name="contentHash">See <see cref="ContentHash"/>.</param>
    /// <param name="spaces">See <see cref="Spaces"/>.</param>
    public StoredWork(Painting painting, string contentHash, IReadOnlyList<FeatureSpace> spaces)
    {
        ArgumentNullException.ThrowIfNull(painting);
        ArgumentNullException.ThrowIfNull(contentHash);
        ArgumentNullException.ThrowIfNull(spaces);
        Painting = painting;
        ContentHash = contentHash;
        Spaces = spaces;
    }

    /// <summary>The work.</summary>
    public Painting Painting { get; }

    /// <summary>Identifies the bytes of the image its signatures were made from.</summary>
    public string ContentHash { get; }

    /// <summary>The feature spaces it has a signature in.</summary>
    public IReadOnlyList<FeatureSpace> Spaces { get; }
}
