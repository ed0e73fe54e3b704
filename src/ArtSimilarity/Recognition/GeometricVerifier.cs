using System.Numerics.Tensors;
using ArtSimilarity.Imaging;

namespace ArtSimilarity.Recognition;

/// <summary>
/// Tells whether two images show the same flat picture: finds local features that look alike, and a projective transform that most of them agree with.
/// </summary>
/// <remarks>
/// Features are paired by Lowe's ratio test. Each pair alone fixes position, scale and turn (fast spatial matching, Philbin et al. 2007). So every pair is
/// tried, without chance: equal inputs give equal answers. The best is widened to an affine and then to a projective transform by least squares on those that
/// agree. All static members are safe to use from several threads at once.
/// </remarks>
public static class GeometricVerifier
{
    private const float Ratio = 0.82f;
    private const int LeastPairs = 5, LeastInliers = 5, GridSide = 8;
    private const double RoughTolerance = 0.12, FineTolerance = 0.025;

    /// <summary>Lays a work over a query.</summary>
    /// <param name="query">The features of the query, e.g. a photograph.</param>
    /// <param name="work">The features of the work.</param>
    /// <param name="cancellationToken">Cancels the work.</param>
    /// <returns>The match; <see langword="null"/> where no sensible transform has at least five agreeing features.</returns>
    public static GeometricMatch? Match(LocalFeatures query, LocalFeatures work, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(query);
        ArgumentNullException.ThrowIfNull(work);
        List<Pair> pairs = FindPairs(query, work);
        if (pairs.Count < LeastPairs)
        {
            return null;
        }

        cancellationToken.ThrowIfCancellationRequested();

        // Both images in pixels: a similarity keeps angles only there. Tolerances are fractions of the work's size in the query.
        Pair[] all = [.. pairs];
        double[]? best = null;
        int[] agreeing = [];
        double workSide = Math.Sqrt((double)work.Size.Width * work.Size.Height);
        foreach (Pair pair in all)
        {
            double[] transform = Similarity(pair);
            double scale = Math.Sqrt((transform[0] * transform[0]) + (transform[1] * transform[1]));
            int[] inliers = Inliers(all, transform, RoughTolerance * scale * workSide, scale, pair.Turn);
            if (inliers.Length > agreeing.Length)
            {
                (best, agreeing) = (transform, inliers);
            }
        }

        if (best is null || agreeing.Length < LeastInliers)
        {
            return null;
        }

        double size = Math.Sqrt(Math.Abs((best[0] * best[4]) - (best[1] * best[3]))) * workSide;
        foreach (double tolerance in (ReadOnlySpan<double>)[0.08, 0.05, 0.035, FineTolerance, FineTolerance])
        {
            cancellationToken.ThrowIfCancellationRequested();
            double[]? refined = agreeing.Length >= 12 && tolerance <= 0.05 ? Projective(all, agreeing, work.Size, query.Size) : Affine(all, agreeing);
            if (refined is null)
            {
                return null;
            }

            best = refined;
            agreeing = Inliers(all, best, Math.Max(2.5, tolerance * size), 0, 0);
            if (agreeing.Length < LeastInliers)
            {
                return null;
            }
        }

        return Describe(all, agreeing, best, query.Size, work.Size, pairs.Count);
    }

    private static GeometricMatch? Describe(Pair[] pairs, int[] agreeing, double[] transform, ImageSize query, ImageSize work, int candidates)
    {
        // From pixels to fractions on both sides.
        double[] m = [.. transform];
        for (int i = 0; i < 3; i++)
        {
            m[3 * i] *= work.Width;
            m[(3 * i) + 1] *= work.Height;
            m[i] /= query.Width;
            m[i + 3] /= query.Height;
        }

        double determinant = (m[0] * m[4]) - (m[1] * m[3]);
        if (!m.All(double.IsFinite) || determinant == 0)
        {
            return null;
        }

        PerspectiveTransform map;
        try
        {
            map = PerspectiveTransform.FromMatrix(m);
        }
        catch (ArgumentException)
        {
            return null; // the features lie on a line
        }

        ImagePoint a = map.Map(new(0, 0)), b = map.Map(new(1, 0)), c = map.Map(new(1, 1)), d = map.Map(new(0, 1));
        bool isInFront = Math.Sign(m[8]) == Math.Sign(m[6] + m[8]) && Math.Sign(m[8]) == Math.Sign(m[7] + m[8]) && Math.Sign(m[8]) == Math.Sign(m[6] + m[7] + m[8]);
        if (!isInFront || !Quadrilateral.IsConvex(a, b, c, d))
        {
            return null;
        }

        var outline = new Quadrilateral(a, b, c, d);
        double[] sides = [Length(a, b, query), Length(b, c, query), Length(c, d, query), Length(d, a, query)];
        double across = Math.Min(sides[0], sides[2]) / Math.Max(sides[0], sides[2]), down = Math.Min(sides[1], sides[3]) / Math.Max(sides[1], sides[3]);
        double stretch = (sides[0] + sides[2]) / (sides[1] + sides[3]) / ((double)work.Width / work.Height);
        if (across < 0.4 || down < 0.4 || stretch is < 0.4 or > 2.5)
        {
            return null; // nobody looks at a wall from so far aside
        }

        HashSet<int> cells = [];
        HashSet<(int, int)> places = [];
        foreach (int i in agreeing)
        {
            double x = pairs[i].WorkX / work.Width, y = pairs[i].WorkY / work.Height;
            cells.Add((Math.Clamp((int)(y * GridSide), 0, GridSide - 1) * GridSide) + Math.Clamp((int)(x * GridSide), 0, GridSide - 1));
            places.Add(((int)pairs[i].WorkX / 3, (int)pairs[i].WorkY / 3)); // one spot with two orientations counts once
        }

        return places.Count < LeastInliers ? null : new GeometricMatch(places.Count, candidates, (double)cells.Count / (GridSide * GridSide), map, outline);
    }

    private static double Length(ImagePoint a, ImagePoint b, ImageSize size) => Math.Sqrt(Math.Pow((a.X - b.X) * size.Width, 2) + Math.Pow((a.Y - b.Y) * size.Height, 2));

    private static List<Pair> FindPairs(LocalFeatures query, LocalFeatures work)
    {
        List<Pair> pairs = [];
        int queries = query.Features.Count, works = work.Features.Count;
        if (works < 2)
        {
            return pairs;
        }

        for (int i = 0; i < queries; i++)
        {
            ReadOnlySpan<float> descriptor = query.Descriptor(i);
            float best = -1, second = -1;
            int at = 0;
            for (int j = 0; j < works; j++)
            {
                float similarity = TensorPrimitives.Dot(descriptor, work.Descriptor(j));
                if (similarity > best)
                {
                    // A second orientation of the same spot is no rival.
                    second = best > second && !SamePlace(work.Features[j], work.Features[at]) ? best : second;
                    (best, at) = (similarity, j);
                }
                else if (similarity > second && !SamePlace(work.Features[j], work.Features[at]))
                {
                    second = similarity;
                }
            }

            if (1 - best < Ratio * Ratio * (1 - second))
            {
                pairs.Add(new Pair(query.Features[i], query.Size, work.Features[at], work.Size));
            }
        }

        return pairs;
    }

    private static bool SamePlace(LocalFeature a, LocalFeature b) => Math.Abs(a.Position.X - b.Position.X) + Math.Abs(a.Position.Y - b.Position.Y) < 0.004;

    private static double[] Similarity(Pair pair)
    {
        double cos = pair.Scale * Math.Cos(pair.Turn), sin = pair.Scale * Math.Sin(pair.Turn);
        return [cos, -sin, pair.QueryX - (cos * pair.WorkX) + (sin * pair.WorkY), sin, cos, pair.QueryY - (sin * pair.WorkX) - (cos * pair.WorkY), 0, 0, 1];
    }

    private static int[] Inliers(Pair[] pairs, double[] m, double tolerance, double scale, double turn)
    {
        List<int> inliers = [];
        for (int i = 0; i < pairs.Length; i++)
        {
            Pair pair = pairs[i];
            double w = (m[6] * pair.WorkX) + (m[7] * pair.WorkY) + m[8];
            double dx = (((m[0] * pair.WorkX) + (m[1] * pair.WorkY) + m[2]) / w) - pair.QueryX, dy = (((m[3] * pair.WorkX) + (m[4] * pair.WorkY) + m[5]) / w) - pair.QueryY;
            if ((dx * dx) + (dy * dy) <= tolerance * tolerance
                && (scale == 0 || (pair.Scale / scale is > 0.5 and < 2 && Math.Cos(pair.Turn - turn) > 0.8)))
            {
                inliers.Add(i);
            }
        }

        return [.. inliers];
    }

    private static double[]? Affine(Pair[] pairs, int[] chosen)
    {
        double[,] normal = new double[3, 5];
        foreach (int i in chosen)
        {
            Pair pair = pairs[i];
            ReadOnlySpan<double> row = [pair.WorkX, pair.WorkY, 1, pair.QueryX, pair.QueryY];
            for (int r = 0; r < 3; r++)
            {
                for (int c = 0; c < 5; c++)
                {
                    normal[r, c] += row[r] * row[c];
                }
            }
        }

        return Solve(normal) ? [normal[0, 3], normal[1, 3], normal[2, 3], normal[0, 4], normal[1, 4], normal[2, 4], 0, 0, 1] : null;
    }

    /// <summary>Least squares for the eight numbers of a projective transform, in coordinates scaled to about 1 (Hartley 1997).</summary>
    private static double[]? Projective(Pair[] pairs, int[] chosen, ImageSize work, ImageSize query)
    {
        double ws = Math.Max(work.Width, work.Height), qs = Math.Max(query.Width, query.Height);
        double[,] normal = new double[8, 9];
        Span<double> row = stackalloc double[9];
        foreach (int i in chosen)
        {
            double x = pairs[i].WorkX / ws, y = pairs[i].WorkY / ws, u = pairs[i].QueryX / qs, v = pairs[i].QueryY / qs;
            for (int side = 0; side < 2; side++)
            {
                row.Clear();
                double target = side == 0 ? u : v;
                (row[3 * side], row[(3 * side) + 1], row[(3 * side) + 2]) = (x, y, 1);
                (row[6], row[7], row[8]) = (-x * target, -y * target, target);
                for (int r = 0; r < 8; r++)
                {
                    for (int c = 0; c < 9; c++)
                    {
                        normal[r, c] += row[r] * row[c];
                    }
                }
            }
        }

        for (int r = 6; r < 8; r++)
        {
            normal[r, r] += 1e-6 * chosen.Length; // few features on a small area must not bend it wildly
        }

        if (!Solve(normal))
        {
            return null;
        }

        return
        [
            normal[0, 8] * qs / ws, normal[1, 8] * qs / ws, normal[2, 8] * qs,
            normal[3, 8] * qs / ws, normal[4, 8] * qs / ws, normal[5, 8] * qs,
            normal[6, 8] / ws, normal[7, 8] / ws, 1,
        ];
    }

    /// <summary>Gauss-Jordan elimination; the right sides end up as solutions.</summary>
    private static bool Solve(double[,] system)
    {
        int rows = system.GetLength(0), columns = system.GetLength(1);
        for (int i = 0; i < rows; i++)
        {
            int pivot = i;
            for (int r = i + 1; r < rows; r++)
            {
                pivot = Math.Abs(system[r, i]) > Math.Abs(system[pivot, i]) ? r : pivot;
            }

            if (Math.Abs(system[pivot, i]) < 1e-12)
            {
                return false;
            }

            for (int c = 0; c < columns; c++)
            {
                (system[i, c], system[pivot, c]) = (system[pivot, c], system[i, c]);
            }

            for (int r = 0; r < rows; r++)
            {
                double factor = r == i ? 0 : system[r, i] / system[i, i];
                for (int c = i; c < columns && factor != 0; c++)
                {
                    system[r, c] -= factor * system[i, c];
                }
            }
        }

        for (int i = 0; i < rows; i++)
        {
            for (int c = rows; c < columns; c++)
            {
                system[i, c] /= system[i, i];
            }
        }

        return true;
    }

    private readonly struct Pair
    {
        public Pair(LocalFeature query, ImageSize querySize, LocalFeature work, ImageSize workSize)
        {
            QueryX = query.Position.X * querySize.Width;
            QueryY = query.Position.Y * querySize.Height;
            WorkX = work.Position.X * workSize.Width;
            WorkY = work.Position.Y * workSize.Height;
            Scale = query.Scale / work.Scale;
            Turn = query.Orientation - work.Orientation;
        }

        public double QueryX { get; }

        public double QueryY { get; }

        public double WorkX { get; }

        public double WorkY { get; }

        public double Scale { get; }

        public double Turn { get; }
    }
}
