using ArtSimilarity.Imaging;

namespace ArtSimilarity.Recognition;

/// <summary>One way to look at a query's image: the whole of it, a part, a picture found in it and rectified, each also mirrored.</summary>
/// <param name="Kind">How it came about.</param>
/// <param name="Outline">Which part of the image it shows.</param>
/// <param name="IsMirrored">Whether left and right are exchanged.</param>
public sealed record PhotoView(PhotoViewKind Kind, Quadrilateral Outline, bool IsMirrored = false)
{
    /// <summary>What it shows, in words for people: "the picture found in the photograph".</summary>
    public string Description => (IsMirrored ? "mirrored, " : "") + Kind switch
    {
        PhotoViewKind.FoundPicture => "the picture found in the photograph",
        PhotoViewKind.InsideFoundPicture => "inside the frame found in the photograph",
        PhotoViewKind.Crop => "a part of the photograph",
        _ => "the whole photograph",
    };

    /// <summary>Draws the view.</summary>
    /// <param name="image">The query's image; not changed.</param>
    /// <param name="size">The least size in pixels; the view keeps its own proportions.</param>
    /// <returns>The view, no larger than needed; the caller disposes it.</returns>
    public RgbImage Render(RgbImage image, ImageSize size)
    {
        ArgumentNullException.ThrowIfNull(image);
        double width = (Length(Outline.TopLeft, Outline.TopRight, image.Size) + Length(Outline.BottomLeft, Outline.BottomRight, image.Size)) / 2;
        double height = (Length(Outline.TopLeft, Outline.BottomLeft, image.Size) + Length(Outline.TopRight, Outline.BottomRight, image.Size)) / 2;
        double scale = Math.Max(size.Width / width, size.Height / height);
        var target = new ImageSize(Math.Clamp((int)Math.Round(width * scale), 1, 8 * size.Width), Math.Clamp((int)Math.Round(height * scale), 1, 8 * size.Height));
        Quadrilateral outline = Outline;
        RgbImage view = IsRectangle(outline, out ImageRegion region) ? ImageResampler.Resize(image, target, region) : PerspectiveTransform.Rectify(image, outline, target);
        if (IsMirrored)
        {
            Mirror(view);
        }

        return view;
    }

    private static bool IsRectangle(Quadrilateral outline, out ImageRegion region)
    {
        (ImagePoint a, ImagePoint c) = (outline.TopLeft, outline.BottomRight);
        bool isRectangle = a.X >= 0 && a.Y >= 0 && c.X <= 1 + 1e-9 && c.Y <= 1 + 1e-9
            && outline.TopRight == new ImagePoint(c.X, a.Y) && outline.BottomLeft == new ImagePoint(a.X, c.Y);
        region = isRectangle ? new ImageRegion(a.X, a.Y, c.X - a.X, c.Y - a.Y) : default;
        return isRectangle;
    }

    private static void Mirror(RgbImage image)
    {
        int stride = 3 * image.Width;
        for (int y = 0; y < image.Height; y++)
        {
            Span<byte> row = image.Pixels.Slice(y * stride, stride);
            row.Reverse(); // right to left, and also blue to red
            for (int p = 0; p < stride; p += 3)
            {
                (row[p], row[p + 2]) = (row[p + 2], row[p]);
            }
        }
    }

    private static double Length(ImagePoint a, ImagePoint b, ImageSize size) => Math.Sqrt(Math.Pow((a.X - b.X) * size.Width, 2) + Math.Pow((a.Y - b.Y) * size.Height, 2));
}
