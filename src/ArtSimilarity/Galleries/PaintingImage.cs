using ArtSimilarity.Imaging;

namespace ArtSimilarity.Galleries;

/// <summary>A work to add to a gallery, and its image.</summary>
/// <param name="Painting">What the catalogue knows of the work.</param>
/// <param name="Image">The encoded image.</param>
public sealed record PaintingImage(Painting Painting, ImageSource Image);
