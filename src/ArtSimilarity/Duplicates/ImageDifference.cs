using ArtSimilarity.Imaging;

namespace ArtSimilarity.Duplicates;

/// <summary>Pictures of how two digitisations of a work differ.</summary>
public static class ImageDifference
{
    private const int Middle = 128;

    /// <summary>Pictures that agree less are of different works, whose alignment means nothing: unrelated ones reach about 0.3.</summary>
    private const double LeastAgreement = 0.5;

    /// <summary>Lays two pictures over one another and draws where they differ.</summary>
    /// <param name="first">The picture whose frame the result has.</param>
    /// <param name="second">The other picture.</param>
    /// <returns>
    /// A picture as large as the first; the caller disposes it. Grey means equal: brighter where the second is brighter, darker where it is
    /// darker, channel by channel, after their means and contrasts were made equal. Black is what the second does not show. Pictures that have no
    /// forms in common are laid over one another edge by edge.
    /// </returns>
    public static RgbImage Draw(RgbImage first, RgbImage second)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        ImageAlignment alignment = ImageAlignment.Of(first, second);
        (double left, double top, double width, double height) = alignment.Agreement >= LeastAgreement ? alignment.Region : (0, 0, 1, 1);
        var drawn = new RgbImage(first.Width, first.Height);
        drawn.Pixels.Clear(); // its memory was used before
        float[] below = new float[3 * first.Width * first.Height];
        bool[] covered = new bool[first.Width * first.Height];
        for (int y = 0; y < first.Height; y++)
        {
            double v = (((height * ((y + 0.5) / first.Height)) + top) * second.Height) - 0.5;
            for (int x = 0; x < first.Width; x++)
            {
                double u = (((width * ((x + 0.5) / first.Width)) + left) * second.Width) - 0.5;
                int at = (y * first.Width) + x;
                covered[at] = u >= -0.5 && v >= -0.5 && u <= second.Width - 0.5 && v <= second.Height - 0.5;
                for (int channel = 0; covered[at] && channel < 3; channel++)
                {
                    below[(3 * at) + channel] = Sample(second, u, v, channel);
                }
            }
        }

        for (int channel = 0; channel < 3; channel++)
        {
            (double meanA, double spreadA, double meanB, double spreadB) = Moments(first, below, covered, channel);
            double gain = spreadB > 0 ? spreadA / spreadB : 1;
            for (int i = 0; i < covered.Length; i++)
            {
                if (covered[i])
                {
                    double matched = ((below[(3 * i) + channel] - meanB) * gain) + meanA;
                    drawn.Pixels[(3 * i) + channel] = (byte)Math.Clamp(Middle + matched - first.Pixels[(3 * i) + channel], 0, 255);
                }
            }
        }

        return drawn;
    }

    private static float Sample(RgbImage image, double u, double v, int channel)
    {
        int column = Math.Clamp((int)Math.Floor(u), 0, image.Width - 1), row = Math.Clamp((int)Math.Floor(v), 0, image.Height - 1);
        int right = Math.Min(column + 1, image.Width - 1), under = Math.Min(row + 1, image.Height - 1);
        float fx = (float)Math.Clamp(u - column, 0, 1), fy = (float)Math.Clamp(v - row, 0, 1);
        Span<byte> pixels = image.Pixels;
        float above = At(pixels, column, row) + (fx * (At(pixels, right, row) - At(pixels, column, row)));
        float below = At(pixels, column, under) + (fx * (At(pixels, right, under) - At(pixels, column, under)));
        return above + (fy * (below - above));

        float At(Span<byte> all, int x, int y) => all[(3 * ((y * image.Width) + x)) + channel];
    }

    private static (double MeanA, double SpreadA, double MeanB, double SpreadB) Moments(RgbImage first, float[] below, bool[] covered, int channel)
    {
        double sumA = 0, sumB = 0, squaresA = 0, squaresB = 0;
        int count = 0;
        for (int i = 0; i < covered.Length; i++)
        {
            if (covered[i])
            {
                double a = first.Pixels[(3 * i) + channel], b = below[(3 * i) + channel];
                (sumA, sumB, squaresA, squaresB, count) = (sumA + a, sumB + b, squaresA + (a * a), squaresB + (b * b), count + 1);
            }
        }

        count = Math.Max(1, count);
        return (sumA / count, Math.Sqrt(Math.Max(0, (squaresA / count) - (sumA / count * (sumA / count)))), sumB / count, Math.Sqrt(Math.Max(0, (squaresB / count) - (sumB / count * (sumB / count)))));
    }
}
