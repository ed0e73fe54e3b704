using ArtSimilarity.Imaging;

namespace ArtSimilarity.Recognition;

/// <summary>How well one flat picture can be laid over another.</summary>
/// <param name="Inliers">How many local features agree with the transform.</param>
/// <param name="Candidates">How many features of the two looked alike, whether they agree or not.</param>
/// <param name="Coverage">The share of an 8 × 8 grid over the work that has at least one agreeing feature, 0 to 1.</param>
/// <param name="Transform">Takes points of the work to points of the query, both in fractions of width and height.</param>
/// <param name="Outline">Where the work lies in the query. Of a detail: where it would lie, beyond the query's borders.</param>
public sealed record GeometricMatch(int Inliers, int Candidates, double Coverage, PerspectiveTransform Transform, Quadrilateral Outline)
{
    /// <summary>Which part of the work the query shows: what surrounds the query's corners, within the work.</summary>
    public ImageRegion VisibleRegion
    {
        get
        {
            PerspectiveTransform back = Transform.Inverse();
            ImagePoint[] corners = [back.Map(new(0, 0)), back.Map(new(1, 0)), back.Map(new(1, 1)), back.Map(new(0, 1))];
            double left = Within(corners.Min(corner => corner.X)), top = Within(corners.Min(corner => corner.Y));
            double right = Within(corners.Max(corner => corner.X)), bottom = Within(corners.Max(corner => corner.Y));
            return right > left && bottom > top ? new ImageRegion(left, top, right - left, bottom - top) : new ImageRegion(0, 0, 1, 1);
        }
    }

    /// <summary>The same for the whole work, where a part of it was compared.</summary>
    internal GeometricMatch OfPart(ImageRegion part)
    {
        PerspectiveTransform transform = PerspectiveTransform.FromMatrix([1 / part.Width, 0, -part.X / part.Width, 0, 1 / part.Height, -part.Y / part.Height, 0, 0, 1]).Then(Transform);
        ImagePoint a = transform.Map(new(0, 0)), b = transform.Map(new(1, 0)), c = transform.Map(new(1, 1)), d = transform.Map(new(0, 1));
        return this with { Transform = transform, Outline = Quadrilateral.IsConvex(a, b, c, d) ? new Quadrilateral(a, b, c, d) : Outline, Coverage = Coverage * part.Width * part.Height };
    }

    private static double Within(double value) => double.IsFinite(value) ? Math.Clamp(value, 0, 1) : 0;

    /// <summary>The same where the query's mirror image was looked at.</summary>
    internal GeometricMatch Mirrored() => this with
    {
        Transform = Transform.Then(PerspectiveTransform.FromMatrix([-1, 0, 1, 0, 1, 0, 0, 0, 1])),
        Outline = new Quadrilateral(Flip(Outline.TopRight), Flip(Outline.TopLeft), Flip(Outline.BottomLeft), Flip(Outline.BottomRight)),
    };

    private static ImagePoint Flip(ImagePoint point) => new(1 - point.X, point.Y);
}
