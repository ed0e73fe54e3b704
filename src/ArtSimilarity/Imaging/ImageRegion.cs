using System.Globalization;

namespace ArtSimilarity.Imaging;

/// <summary>
/// A rectangle of an upright image, in fractions of its width and height: (0, 0, 1, 1) is the whole. The region of a picture
/// is thus the same whatever size it is decoded at.
/// </summary>
public readonly record struct ImageRegion
{
    /// <summary>Creates a region.</summary>
    /// <param name="x">The left edge, 0 to below 1.</param>
    /// <param name="y">The top edge, 0 to below 1.</param>
    /// <param name="width">The width, above 0; <c>x + width</c> is at most 1.</param>
    /// <param name="height">The height, above 0; <c>y + height</c> is at most 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">The rectangle is empty, not finite, or reaches outside the image.</exception>
    public ImageRegion(double x, double y, double width, double height)
    {
        const double Slack = 1e-9; // 0.1 + 0.9 must count as 1
        if (!(x >= 0 && y >= 0 && width > 0 && height > 0 && x + width <= 1 + Slack && y + height <= 1 + Slack))
        {
            throw new ArgumentOutOfRangeException(
                nameof(x),
                string.Create(CultureInfo.InvariantCulture, $"The region {x},{y},{width},{height} is not a non-empty rectangle inside the image (fractions of width and height, 0 to 1)."));
        }

        X = x;
        Y = y;
        Width = Math.Min(width, 1 - x);
        Height = Math.Min(height, 1 - y);
    }

    /// <summary>The left edge, as a fraction of the image's width.</summary>
    public double X { get; }

    /// <summary>The top edge, as a fraction of the image's height.</summary>
    public double Y { get; }

    /// <summary>The width, as a fraction of the image's width.</summary>
    public double Width { get; }

    /// <summary>The height, as a fraction of the image's height.</summary>
    public double Height { get; }

    /// <summary>Creates a region from pixels of an image of the given size.</summary>
    /// <param name="x">The left edge in pixels.</param>
    /// <param name="y">The top edge in pixels.</param>
    /// <param name="width">The width in pixels.</param>
    /// <param name="height">The height in pixels.</param>
    /// <param name="image">The size of the upright image the pixels count in.</param>
    /// <returns>The region in fractions.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The rectangle is empty or reaches outside the image.</exception>
    public static ImageRegion FromPixels(int x, int y, int width, int height, ImageSize image) =>
        new((double)x / image.Width, (double)y / image.Height, (double)width / image.Width, (double)height / image.Height);

    /// <summary>Parses <c>x,y,width,height</c> in fractions, e.g. <c>0.25,0,0.5,0.5</c>.</summary>
    /// <param name="text">Four numbers separated by commas, with a point as decimal separator.</param>
    /// <returns>The region.</returns>
    /// <exception cref="FormatException">The text is not four numbers.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The rectangle is empty or reaches outside the image.</exception>
    public static ImageRegion Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        string[] parts = text.Split(',', StringSplitOptions.TrimEntries);
        Span<double> values = stackalloc double[4];
        bool valid = parts.Length == 4;
        for (int i = 0; valid && i < 4; i++)
        {
            valid = double.TryParse(parts[i], NumberStyles.Float, CultureInfo.InvariantCulture, out values[i]);
        }

        return valid
            ? new ImageRegion(values[0], values[1], values[2], values[3])
            : throw new FormatException($"'{text}' is not a region: expected x,y,width,height as fractions, e.g. 0.25,0,0.5,0.5.");
    }

    /// <summary>The pixels this region covers in an image of the given size; never empty.</summary>
    /// <param name="image">The size of the upright image.</param>
    /// <returns>The rectangle in pixels, rounded to whole pixels and kept inside the image.</returns>
    public (int X, int Y, int Width, int Height) ToPixels(ImageSize image)
    {
        int left = Math.Clamp((int)Math.Round(X * image.Width), 0, image.Width - 1);
        int top = Math.Clamp((int)Math.Round(Y * image.Height), 0, image.Height - 1);
        int right = Math.Clamp((int)Math.Round((X + Width) * image.Width), left + 1, image.Width);
        int bottom = Math.Clamp((int)Math.Round((Y + Height) * image.Height), top + 1, image.Height);
        return (left, top, right - left, bottom - top);
    }
}
