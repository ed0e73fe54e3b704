using ArtSimilarity.Imaging;

namespace ArtSimilarity.Galleries;

/// <summary>A work to add to a gallery, and its image.</summary>
public sealed class PaintingImage
{
    /// <summary>Creates a painting image.</summary>
    /// <param name="painting">See <see cref="Painting"/>.</param>
    /// <param name="image">See <see cref="Image"/>.</param>
    public PaintingImage(Painting painting, ImageSource image)
    {
        ArgumentNullException.ThrowIfNull(painting);
        ArgumentNullException.ThrowIfNull(image);
        Painting = painting;
        Image = image;
    }

    /// <summary>What the catalogue knows of the work.</summary>
    public Painting Painting { get; }

    /// <summary>The encoded image.</summary>
    public ImageSource Image { get; }

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
