using ArtSimilarity.Imaging;

namespace ArtSimilarity.Recognition;

/// <summary>How well one flat picture can be laid over another.</summary>
/// <param name="Inliers">How many local features agree with the transform.</param>
/// <param name="Candidates">How many features of the two looked alike, whether they agree or not.</param>
/// <param name="Coverage">The share of an 8 × 8 grid over the work that has at least one agreeing feature, 0 to 1.</param>
/// <param name="Transform">Takes points of the work to points of the query, both in fractions of width and height.</param>
/// <param name="Outline">Where the work lies in the query.</param>
public sealed record GeometricMatch(int Inliers, int Candidates, double Coverage, PerspectiveTransform Transform, Quadrilateral Outline)
{
    /// <summary>The same where the query's mirror image was looked at.</summary>
    internal GeometricMatch Mirrored() => this with
    {
        Transform = Transform.Then(PerspectiveTransform.FromMatrix([-1, 0, 1, 0, 1, 0, 0, 0, 1])),
        Outline = new Quadrilateral(Flip(Outline.TopRight), Flip(Outline.TopLeft), Flip(Outline.BottomLeft), Flip(Outline.BottomRight)),
    };

    private static ImagePoint Flip(ImagePoint point) => new(1 - point.X, point.Y);
}
