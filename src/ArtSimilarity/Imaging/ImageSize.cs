namespace ArtSimilarity.Imaging;

/// <summary>A width and a height in pixels.</summary>
/// <param name="Width">Pixels from left to right.</param>
/// <param name="Height">Pixels from top to bottom.</param>
public readonly record struct ImageSize(int Width, int Height)
{
    /// <summary>Returns <c>width×height</c>.</summary>
    /// <returns>The size as text.</returns>
    public override string ToString() => $"{Width}×{Height}";
}
