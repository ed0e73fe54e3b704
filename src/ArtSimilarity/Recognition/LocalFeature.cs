using ArtSimilarity.Imaging;

namespace ArtSimilarity.Recognition;

/// <summary>A spot of an image that can be found again when the image is turned, scaled, darkened or seen from the side.</summary>
/// <param name="Position">Where it lies, in fractions of the image's width and height.</param>
/// <param name="Scale">Its size: the standard deviation of the Gaussian it was found at, in pixels of the image as it was looked at.</param>
/// <param name="Orientation">The direction of its strongest gradient, in radians clockwise from the x axis.</param>
public readonly record struct LocalFeature(ImagePoint Position, float Scale, float Orientation);
