using System.Globalization;

namespace ArtSimilarity.Imaging;

/// <summary>
/// A convex figure with four corners in an upright image: how a rectangle, such as a canvas on a wall, looks from the side. Corners are fractions of the
/// image's width and height. They may lie outside the image where the picture is cut off.
/// </summary>
public readonly record struct Quadrilateral
{
    /// <summary>Creates a quadrilateral.</summary>
    /// <param name="topLeft">The corner that is the top left one of the rectangle.</param>
    /// <param name="topRight">The next corner, clockwise.</param>
    /// <param name="bottomRight">The corner opposite the first.</param>
    /// <param name="bottomLeft">The last corner.</param>
    /// <exception cref="ArgumentException">The corners do not go clockwise around a convex figure, or a number is not finite.</exception>
    public Quadrilateral(ImagePoint topLeft, ImagePoint topRight, ImagePoint bottomRight, ImagePoint bottomLeft)
    {
        if (!IsConvex(topLeft, topRight, bottomRight, bottomLeft))
        {
            throw new ArgumentException(string.Create(
                CultureInfo.InvariantCulture, $"The corners {topLeft}, {topRight}, {bottomRight}, {bottomLeft} do not go clockwise around a convex figure."));
        }

        TopLeft = topLeft;
        TopRight = topRight;
        BottomRight = bottomRight;
        BottomLeft = bottomLeft;
    }

    /// <summary>The corner that is the top left one of the rectangle.</summary>
    public ImagePoint TopLeft { get; }

    /// <summary>The top right corner.</summary>
    public ImagePoint TopRight { get; }

    /// <summary>The bottom right corner.</summary>
    public ImagePoint BottomRight { get; }

    /// <summary>The bottom left corner.</summary>
    public ImagePoint BottomLeft { get; }

    /// <summary>The area, as a fraction of the image's.</summary>
    public double Area => (Cross(TopLeft, TopRight, BottomRight) + Cross(TopLeft, BottomRight, BottomLeft)) / 2;

    /// <summary>Whether four corners, in this order, go clockwise around a convex figure.</summary>
    /// <param name="topLeft">The first corner.</param>
    /// <param name="topRight">The second corner.</param>
    /// <param name="bottomRight">The third corner.</param>
    /// <param name="bottomLeft">The fourth corner.</param>
    /// <returns>Whether a quadrilateral can be made of them.</returns>
    public static bool IsConvex(ImagePoint topLeft, ImagePoint topRight, ImagePoint bottomRight, ImagePoint bottomLeft) =>
        IsLeftOf(topLeft, topRight, bottomRight) && IsLeftOf(topRight, bottomRight, bottomLeft)
        && IsLeftOf(bottomRight, bottomLeft, topLeft) && IsLeftOf(bottomLeft, topLeft, topRight);

    /// <summary>The rectangle of a region.</summary>
    /// <param name="region">The region.</param>
    /// <returns>Its four corners.</returns>
    public static Quadrilateral FromRegion(ImageRegion region) =>
        new(
            new ImagePoint(region.X, region.Y),
            new ImagePoint(region.X + region.Width, region.Y),
            new ImagePoint(region.X + region.Width, region.Y + region.Height),
            new ImagePoint(region.X, region.Y + region.Height));

    /// <summary>The share of two figures' union that both cover (intersection over union).</summary>
    /// <param name="other">The figure to compare with, in the same image.</param>
    /// <returns>0 where they do not meet, 1 where they are the same.</returns>
    public double Overlap(Quadrilateral other)
    {
        double shared = AreaOf(Clip([.. Corners()], [.. other.Corners()]));
        double union = Area + other.Area - shared;
        return union > 0 ? Math.Clamp(shared / union, 0, 1) : 0;
    }

    /// <summary>The corners, clockwise from the top left one.</summary>
    /// <returns>Four points.</returns>
    public IReadOnlyList<ImagePoint> Corners() => [TopLeft, TopRight, BottomRight, BottomLeft];

    /// <summary>The part of one convex polygon inside another (Sutherland and Hodgman 1974).</summary>
    private static List<ImagePoint> Clip(List<ImagePoint> subject, ImagePoint[] clip)
    {
        for (int i = 0; i < clip.Length; i++)
        {
            (ImagePoint from, ImagePoint to) = (clip[i], clip[(i + 1) % clip.Length]);
            List<ImagePoint> kept = [];
            for (int j = 0; j < subject.Count; j++)
            {
                (ImagePoint current, ImagePoint next) = (subject[j], subject[(j + 1) % subject.Count]);
                double here = Cross(from, to, current), there = Cross(from, to, next);
                if (here >= 0)
                {
                    kept.Add(current);
                }

                if (here >= 0 != there >= 0)
                {
                    double share = here / (here - there);
                    kept.Add(new ImagePoint(current.X + (share * (next.X - current.X)), current.Y + (share * (next.Y - current.Y))));
                }
            }

            subject = kept;
        }

        return subject;
    }

    private static double AreaOf(List<ImagePoint> polygon)
    {
        double area = 0;
        for (int i = 2; i < polygon.Count; i++)
        {
            area += Cross(polygon[0], polygon[i - 1], polygon[i]) / 2;
        }

        return area;
    }

    private static bool IsLeftOf(ImagePoint a, ImagePoint b, ImagePoint c) => Cross(a, b, c) is > 1e-9 and < double.PositiveInfinity;

    /// <summary>Twice the area of a triangle, positive where it goes clockwise (y points down).</summary>
    private static double Cross(ImagePoint a, ImagePoint b, ImagePoint c) => ((b.X - a.X) * (c.Y - a.Y)) - ((b.Y - a.Y) * (c.X - a.X));
}
