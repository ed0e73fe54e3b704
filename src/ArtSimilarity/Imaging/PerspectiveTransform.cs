using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace ArtSimilarity.Imaging;

/// <summary>
/// A projective map between two planes (a homography): how points of a flat picture move between two views of it. Straight lines stay straight.
/// </summary>
/// <remarks>Immutable. Both sides count in whatever units the map was made with.</remarks>
public sealed class PerspectiveTransform
{
    private readonly double[] _m; // row-major 3×3, applied to (x, y, 1)

    private PerspectiveTransform(double[] matrix) => _m = matrix;

    /// <summary>The nine numbers of the matrix, row after row. It is applied to the column (x, y, 1).</summary>
    public IReadOnlyList<double> Matrix => _m;

    /// <summary>The map that takes the unit square's corners to those of a figure (Heckbert 1989).</summary>
    /// <param name="figure">Where (0, 0), (1, 0), (1, 1) and (0, 1) go.</param>
    /// <returns>The map.</returns>
    public static PerspectiveTransform FromUnitSquare(Quadrilateral figure)
    {
        (ImagePoint p0, ImagePoint p1, ImagePoint p2, ImagePoint p3) = (figure.TopLeft, figure.TopRight, figure.BottomRight, figure.BottomLeft);
        double dx1 = p1.X - p2.X, dx2 = p3.X - p2.X, sx = p0.X - p1.X + p2.X - p3.X;
        double dy1 = p1.Y - p2.Y, dy2 = p3.Y - p2.Y, sy = p0.Y - p1.Y + p2.Y - p3.Y;
        double determinant = (dx1 * dy2) - (dx2 * dy1);
        double g = ((sx * dy2) - (dx2 * sy)) / determinant, h = ((dx1 * sy) - (sx * dy1)) / determinant;
        return new PerspectiveTransform(
        [
            p1.X - p0.X + (g * p1.X), p3.X - p0.X + (h * p3.X), p0.X,
            p1.Y - p0.Y + (g * p1.Y), p3.Y - p0.Y + (h * p3.Y), p0.Y,
            g, h, 1,
        ]);
    }

    /// <summary>The map with the given matrix.</summary>
    /// <param name="matrix">Nine finite numbers, row after row, of a matrix that has an inverse.</param>
    /// <returns>The map.</returns>
    /// <exception cref="ArgumentException">There are not nine finite numbers, or the matrix has no inverse.</exception>
    public static PerspectiveTransform FromMatrix(ReadOnlySpan<double> matrix)
    {
        if (matrix.Length != 9)
        {
            throw new ArgumentException($"A projective map has 9 numbers, not {matrix.Length}.", nameof(matrix));
        }

        double[] copy = matrix.ToArray();
        double determinant = Determinant(copy);
        return double.IsFinite(determinant) && determinant != 0
            ? new PerspectiveTransform(copy)
            : throw new ArgumentException("The matrix has no inverse, or a number in it is not finite.", nameof(matrix));
    }

    /// <summary>Where a point goes.</summary>
    /// <param name="point">The point.</param>
    /// <returns>Its image; not finite for a point of the line that goes to infinity.</returns>
    public ImagePoint Map(ImagePoint point)
    {
        double w = (_m[6] * point.X) + (_m[7] * point.Y) + _m[8];
        return new ImagePoint(((_m[0] * point.X) + (_m[1] * point.Y) + _m[2]) / w, ((_m[3] * point.X) + (_m[4] * point.Y) + _m[5]) / w);
    }

    /// <summary>The map back.</summary>
    /// <returns>A map that takes every image to its point.</returns>
    public PerspectiveTransform Inverse()
    {
        double[] m = _m;
        return new PerspectiveTransform(
        [
            (m[4] * m[8]) - (m[5] * m[7]), (m[2] * m[7]) - (m[1] * m[8]), (m[1] * m[5]) - (m[2] * m[4]),
            (m[5] * m[6]) - (m[3] * m[8]), (m[0] * m[8]) - (m[2] * m[6]), (m[2] * m[3]) - (m[0] * m[5]),
            (m[3] * m[7]) - (m[4] * m[6]), (m[1] * m[6]) - (m[0] * m[7]), (m[0] * m[4]) - (m[1] * m[3]),
        ]);
    }

    /// <summary>This map followed by another.</summary>
    /// <param name="next">The map that goes on from this one's images.</param>
    /// <returns>Both in one.</returns>
    public PerspectiveTransform Then(PerspectiveTransform next)
    {
        ArgumentNullException.ThrowIfNull(next);
        double[] product = new double[9];
        for (int i = 0; i < 9; i++)
        {
            int row = i / 3 * 3, column = i % 3;
            product[i] = (next._m[row] * _m[column]) + (next._m[row + 1] * _m[column + 3]) + (next._m[row + 2] * _m[column + 6]);
        }

        return new PerspectiveTransform(product);
    }

    /// <summary>Draws what a figure in an image shows as an upright rectangle.</summary>
    /// <param name="source">The image.</param>
    /// <param name="figure">The figure in it. What lies outside the image takes the colour of its nearest edge.</param>
    /// <param name="size">The size of the rectangle in pixels.</param>
    /// <returns>The rectangle; the caller disposes it.</returns>
    /// <remarks>Each pixel is the mean of bilinear samples, as many as the figure has pixels of the source for it, 4 × 4 at most.</remarks>
    public static RgbImage Rectify(RgbImage source, Quadrilateral figure, ImageSize size)
    {
        ArgumentNullException.ThrowIfNull(source);
        PerspectiveTransform map = FromUnitSquare(figure);
        double[] m = map._m;
        var result = new RgbImage(size.Width, size.Height);
        double scale = Math.Sqrt(Math.Abs(figure.Area) * source.Width * source.Height / ((double)size.Width * size.Height));
        int samples = Math.Clamp((int)Math.Round(scale), 1, 4);
        if (source.Width < 2 || source.Height < 2)
        {
            RectifyScalar(source, m, result, samples);
        }
        else
        {
            Rectify(source, m, result, samples);
        }

        return result;
    }

    /// <summary>
    /// The colours of one pixel fill a vector. That of the pixel to the right is read from its left neighbour's last byte on, so that no read passes the
    /// end.
    /// </summary>
    private static void Rectify(RgbImage source, double[] matrix, RgbImage result, int samples)
    {
        int width = source.Width, height = source.Height, stride = 3 * width;
        float[] m = new float[9];
        for (int i = 0; i < 9; i++)
        {
            double scale = i < 3 ? width : i < 6 ? height : 1;
            m[i] = (float)(matrix[i] * scale / (i % 3 == 0 ? result.Width : i % 3 == 1 ? result.Height : 1));
        }

        ref byte from = ref MemoryMarshal.GetReference(source.Pixels);
        Span<byte> to = result.Pixels;
        float share = 1f / (samples * samples);
        for (int y = 0, at = 0; y < result.Height; y++)
        {
            for (int x = 0; x < result.Width; x++, at += 3)
            {
                Vector128<float> sum = Vector128<float>.Zero;
                for (int s = 0; s < samples * samples; s++)
                {
                    float u = x + (((s % samples) + 0.5f) / samples), v = y + (((s / samples) + 0.5f) / samples);
                    float w = 1 / ((m[6] * u) + (m[7] * v) + m[8]);
                    float sx = Math.Clamp((((m[0] * u) + (m[1] * v) + m[2]) * w) - 0.5f, 0, width - 1);
                    float sy = Math.Clamp((((m[3] * u) + (m[4] * v) + m[5]) * w) - 0.5f, 0, height - 1);
                    int x0 = Math.Min((int)sx, width - 2), y0 = Math.Min((int)sy, height - 2);
                    ref byte pixel = ref Unsafe.Add(ref from, (y0 * stride) + (3 * x0));
                    Vector128<float> fx = Vector128.Create(sx - x0);
                    Vector128<float> above = Between(Unsafe.ReadUnaligned<uint>(ref pixel), Unsafe.ReadUnaligned<uint>(ref Unsafe.Add(ref pixel, 2)) >> 8, fx);
                    pixel = ref Unsafe.Add(ref pixel, stride);
                    Vector128<float> below = Between(Unsafe.ReadUnaligned<uint>(ref pixel), Unsafe.ReadUnaligned<uint>(ref Unsafe.Add(ref pixel, 2)) >> 8, fx);
                    sum += above + ((below - above) * (sy - y0));
                }

                sum = (sum * share) + Vector128.Create(0.5f);
                to[at] = (byte)sum[0];
                to[at + 1] = (byte)sum[1];
                to[at + 2] = (byte)sum[2];
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> Between(uint left, uint right, Vector128<float> share)
    {
        Vector128<float> l = Colours(left), r = Colours(right);
        return l + ((r - l) * share);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> Colours(uint pixel) =>
        Vector128.ConvertToSingle(Vector128.WidenLower(Vector128.WidenLower(Vector128.CreateScalarUnsafe(pixel).AsByte()).AsInt16()));

    /// <summary>One sample at a time, and the oracle of <see cref="Rectify(RgbImage, double[], RgbImage, int)"/>.</summary>
    internal static void RectifyScalar(RgbImage source, double[] m, RgbImage result, int samples)
    {
        ImageSize size = result.Size;
        ReadOnlySpan<byte> from = source.Pixels;
        Span<byte> to = result.Pixels;
        for (int y = 0, at = 0; y < size.Height; y++)
        {
            for (int x = 0; x < size.Width; x++, at += 3)
            {
                double r = 0, g = 0, b = 0;
                for (int s = 0; s < samples * samples; s++)
                {
                    double u = (x + (((s % samples) + 0.5) / samples)) / size.Width, v = (y + (((s / samples) + 0.5) / samples)) / size.Height;
                    double w = (m[6] * u) + (m[7] * v) + m[8];
                    double sx = (((m[0] * u) + (m[1] * v) + m[2]) / w * source.Width) - 0.5, sy = (((m[3] * u) + (m[4] * v) + m[5]) / w * source.Height) - 0.5;
                    sx = Math.Clamp(sx, 0, source.Width - 1);
                    sy = Math.Clamp(sy, 0, source.Height - 1);
                    int x0 = (int)sx, y0 = (int)sy;
                    double fx = sx - x0, fy = sy - y0;
                    int right = x0 + 1 < source.Width ? 3 : 0, below = y0 + 1 < source.Height ? 3 * source.Width : 0;
                    int p = 3 * ((y0 * source.Width) + x0);
                    double w00 = (1 - fx) * (1 - fy), w01 = fx * (1 - fy), w10 = (1 - fx) * fy, w11 = fx * fy;
                    r += (w00 * from[p]) + (w01 * from[p + right]) + (w10 * from[p + below]) + (w11 * from[p + right + below]);
                    g += (w00 * from[p + 1]) + (w01 * from[p + right + 1]) + (w10 * from[p + below + 1]) + (w11 * from[p + right + below + 1]);
                    b += (w00 * from[p + 2]) + (w01 * from[p + right + 2]) + (w10 * from[p + below + 2]) + (w11 * from[p + right + below + 2]);
                }

                double n = samples * samples;
                to[at] = (byte)((r / n) + 0.5);
                to[at + 1] = (byte)((g / n) + 0.5);
                to[at + 2] = (byte)((b / n) + 0.5);
            }
        }
    }

    private static double Determinant(double[] m) =>
        (m[0] * ((m[4] * m[8]) - (m[5] * m[7]))) - (m[1] * ((m[3] * m[8]) - (m[5] * m[6]))) + (m[2] * ((m[3] * m[7]) - (m[4] * m[6])));
}
