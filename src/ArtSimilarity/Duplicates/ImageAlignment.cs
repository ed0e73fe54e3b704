using ArtSimilarity.Imaging;

namespace ArtSimilarity.Duplicates;

/// <summary>How one picture lies over another: scaled and shifted so that they agree best, as far as cropping and squeezing go.</summary>
/// <remarks>
/// It looks for digitisations of one picture that were cropped differently: up to about a quarter of each side. It finds no rotation, no
/// mirror image and no detail. The agreement is that of the small forms: what is left when each pixel's surroundings are taken off it.
/// </remarks>
public sealed class ImageAlignment
{
    /// <summary>Pictures are compared at so many pixels a side, whatever their shape.</summary>
    private const int Side = 48;

    private const int Radius = 3, Best = 2;
    private const double LeastOverlap = 0.5, FirstStep = 0.04, LastStep = 0.004, Sure = 0.9;

    private static readonly ImageSize Small = new(Side, Side);

    private ImageAlignment(Placement placement, double agreement) => (Region, Agreement) = (placement.Region, agreement);

    /// <summary>Where the first picture lies in the second, in fractions of the second's sides; it may reach beyond them.</summary>
    public (double X, double Y, double Width, double Height) Region { get; }

    /// <summary>How well the small forms agree where the pictures overlap: their correlation, from −1 to 1. Unrelated pictures reach about 0.3.</summary>
    public double Agreement { get; }

    /// <summary>Aligns two pictures.</summary>
    /// <param name="first">The picture to lay over the other.</param>
    /// <param name="second">The other.</param>
    /// <returns>The best alignment found.</returns>
    public static ImageAlignment Of(RgbImage first, RgbImage second)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        return Of(Prepare(first), Prepare(second));
    }

    /// <summary>What is compared of a picture: grey levels, and the same without the surroundings of each pixel.</summary>
    internal static Prepared Prepare(RgbImage image)
    {
        using RgbImage small = ImageResampler.Resize(image, Small);
        ReadOnlySpan<byte> pixels = small.Pixels;
        float[] grey = new float[Side * Side], detail = new float[Side * Side];
        for (int i = 0; i < grey.Length; i++)
        {
            grey[i] = (0.299f * pixels[3 * i]) + (0.587f * pixels[(3 * i) + 1]) + (0.114f * pixels[(3 * i) + 2]);
        }

        for (int y = 0; y < Side; y++)
        {
            for (int x = 0; x < Side; x++)
            {
                float sum = 0;
                int count = 0;
                for (int v = Math.Max(0, y - Radius); v <= Math.Min(Side - 1, y + Radius); v++)
                {
                    for (int u = Math.Max(0, x - Radius); u <= Math.Min(Side - 1, x + Radius); u++)
                    {
                        sum += grey[(v * Side) + u];
                        count++;
                    }
                }

                detail[(y * Side) + x] = grey[(y * Side) + x] - (sum / count);
            }
        }

        return new Prepared(grey, detail);
    }

    internal static ImageAlignment Of(Prepared first, Prepared second)
    {
        // Most digitisations have the same frame: where they do, no other need be tried.
        (Placement Placement, double Agreement) best = Climb(first.Detail, second.Detail, Placement.Same, FirstStep / 2, LastStep);
        if (best.Agreement >= Sure)
        {
            return new ImageAlignment(best.Placement, best.Agreement);
        }

        // The coarse forms lead to the right place from afar, the small ones tell whether it is right.
        List<(Placement Placement, double Agreement)> starts = [];
        foreach (double scale in (double[])[0.8, 0.9, 1, 1.11, 1.25])
        {
            foreach (double dx in (double[])[-0.08, 0, 0.08])
            {
                foreach (double dy in (double[])[-0.08, 0, 0.08])
                {
                    var start = new Placement(scale, scale, ((1 - scale) / 2) + dx, ((1 - scale) / 2) + dy);
                    starts.Add((start, Correlation(first.Grey, second.Grey, start)));
                }
            }
        }

        foreach ((Placement start, _) in starts.OrderByDescending(start => start.Agreement).Take(Best))
        {
            Placement coarse = Climb(first.Grey, second.Grey, start, FirstStep, FirstStep / 4).Placement;
            foreach (Placement from in (Placement[])[start, coarse])
            {
                (Placement Placement, double Agreement) found = Climb(first.Detail, second.Detail, from, FirstStep / 2, LastStep);
                best = found.Agreement > best.Agreement ? found : best;
            }
        }

        return new ImageAlignment(best.Placement, best.Agreement);
    }

    /// <summary>Changes one of the four numbers at a time for as long as this helps, with steps that grow smaller.</summary>
    private static (Placement Placement, double Agreement) Climb(float[] first, float[] second, Placement placement, double step, double last)
    {
        double agreement = Correlation(first, second, placement);
        for (; step >= last; step /= 2)
        {
            for (bool helped = true; helped;)
            {
                helped = false;
                foreach (Placement next in placement.Neighbors(step))
                {
                    double reached = Correlation(first, second, next);
                    if (reached > agreement + 1e-6)
                    {
                        (placement, agreement, helped) = (next, reached, true);
                        break;
                    }
                }
            }
        }

        return (placement, agreement);
    }

    /// <summary>The correlation of the pixels of the first picture with those of the second that lie below them; −1 where too few do.</summary>
    private static double Correlation(float[] first, float[] second, Placement placement)
    {
        if (placement.ScaleX is < 0.6 or > 1.7 || placement.ScaleY is < 0.6 or > 1.7)
        {
            return -1;
        }

        double sumA = 0, sumB = 0, squaresA = 0, squaresB = 0, products = 0;
        int count = 0;
        for (int y = 0; y < Side; y++)
        {
            double v = (((placement.ScaleY * ((y + 0.5) / Side)) + placement.Y) * Side) - 0.5;
            if (v < 0 || v > Side - 1)
            {
                continue;
            }

            int row = Math.Min((int)v, Side - 2);
            float fy = (float)(v - row);
            for (int x = 0; x < Side; x++)
            {
                double u = (((placement.ScaleX * ((x + 0.5) / Side)) + placement.X) * Side) - 0.5;
                if (u < 0 || u > Side - 1)
                {
                    continue;
                }

                int column = Math.Min((int)u, Side - 2), at = (row * Side) + column;
                float fx = (float)(u - column);
                float above = second[at] + (fx * (second[at + 1] - second[at]));
                float below = second[at + Side] + (fx * (second[at + Side + 1] - second[at + Side]));
                float b = above + (fy * (below - above)), a = first[(y * Side) + x];
                sumA += a;
                sumB += b;
                squaresA += a * a;
                squaresB += b * b;
                products += a * b;
                count++;
            }
        }

        if (count < LeastOverlap * Side * Side)
        {
            return -1;
        }

        double varianceA = squaresA - (sumA * sumA / count), varianceB = squaresB - (sumB * sumB / count);
        return varianceA <= 1e-6 || varianceB <= 1e-6 ? 0 : (products - (sumA * sumB / count)) / Math.Sqrt(varianceA * varianceB);
    }

    /// <summary>What is compared of a picture, row by row.</summary>
    /// <param name="Grey">The grey levels, 0 to 255.</param>
    /// <param name="Detail">The same without the surroundings of each pixel.</param>
    internal sealed record Prepared(float[] Grey, float[] Detail);

    /// <summary>A place x of the first picture lies at <c>Scale·x + shift</c> in the second, in fractions of their sides.</summary>
    private readonly record struct Placement(double ScaleX, double ScaleY, double X, double Y)
    {
        public static Placement Same { get; } = new(1, 1, 0, 0);

        public (double X, double Y, double Width, double Height) Region => (X, Y, ScaleX, ScaleY);

        /// <summary>The placements a step away: shifted, or scaled about the middle.</summary>
        public IEnumerable<Placement> Neighbors(double step)
        {
            foreach (double by in (double[])[step, -step])
            {
                yield return this with { X = X + by };
                yield return this with { Y = Y + by };
                yield return this with { ScaleX = ScaleX + by, X = X - (by / 2) };
                yield return this with { ScaleY = ScaleY + by, Y = Y - (by / 2) };
                yield return new Placement(ScaleX + by, ScaleY + by, X - (by / 2), Y - (by / 2));
            }
        }
    }
}
