namespace ArtSimilarity.Imaging;

/// <summary>
/// A point of an upright image, in fractions of its width and height: (0, 0) is the top left corner, (1, 1) the bottom right one. A point may lie
/// outside the image.
/// </summary>
/// <param name="X">The distance from the left edge, as a fraction of the width.</param>
/// <param name="Y">The distance from the top edge, as a fraction of the height.</param>
public readonly record struct ImagePoint(double X, double Y);
