using ArtSimilarity.Imaging;

namespace ArtSimilarity.Galleries;

/// <summary>A work to add to a gallery, and its image.</summary>
/// <param name="Painting">What the catalogue knows of the work.</param>
/// <param name="Image">The encoded image.</param>
public sealed record PaintingImage(Painting Painting, ImageSource Image)
{
    /// <summary>
    /// Further keys, in order of preference, for a work whose key was made from the place of its image. Empty, the default, for a work
    /// whose key was given.
    /// </summary>
    /// <remarks>
    /// A key that was made says nothing of its own. If the gallery has the same image under another key, the work keeps that one. If
    /// another work has the key already, this work gets the first of these that is free.
    /// </remarks>
    public IReadOnlyList<string> FurtherKeys { get; init; } = [];
}
