using ArtSimilarity.Imaging;

namespace ArtSimilarity.Recognition;

/// <summary>
/// Finds the outlines of pictures in a photograph of a room: canvases and frames, seen a little from the side. A picture may be cut off by the photograph's
/// edge.
/// </summary>
/// <remarks>
/// The photograph is made small. A Hough transform (Duda and Hart 1972) collects straight edges, the steep ones and the flat ones apart. Each edge pixel
/// votes only for lines in its own direction. Each two steep and two flat lines make a figure. Its score is the share of its sides that lies on edges, less
/// the share of edges that go on beyond its corners. All static members are safe to use from several threads at once.
/// </remarks>
public static class PictureFinder
{
    private const int Side = 256;
    private const int Lines = 14;
    private const int Slopes = 20;           // bins to each side of upright
    private const double SlopeStep = 0.025;  // so lines lean by up to 27°
    private const float EdgeFloor = 20, EdgeFull = 110;
    private const double BorderSupport = 0.35;
    private const double LeastSide = 0.18;
    private const double SameFigure = 0.85;

    /// <summary>Finds the likeliest outlines.</summary>
    /// <param name="photo">The photograph; not changed.</param>
    /// <param name="maxCount">How many outlines at most, at least 1.</param>
    /// <param name="cancellationToken">Cancels the search.</param>
    /// <returns>Outlines that differ, the likeliest first. A frame and the canvas in it are two. There may be none.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="maxCount"/> is below 1.</exception>
    public static IReadOnlyList<FoundPicture> Find(RgbImage photo, int maxCount = 4, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(photo);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxCount, 1);
        double scale = Math.Min(1, (double)Side / Math.Max(photo.Width, photo.Height));
        var size = new ImageSize(Math.Max(1, (int)Math.Round(photo.Width * scale)), Math.Max(1, (int)Math.Round(photo.Height * scale)));
        if (size.Width < 16 || size.Height < 16)
        {
            return [];
        }

        using RgbImage small = ImageResampler.Resize(photo, size);
        (float[] across, float[] down) = Gradients(small);
        cancellationToken.ThrowIfCancellationRequested();

        // Flat lines are steep ones of the image with its axes exchanged.
        List<Line> steep = FindLines(across, down, size.Width, size.Height);
        cancellationToken.ThrowIfCancellationRequested();
        List<Line> flat = FindLines(Transpose(down, size), Transpose(across, size), size.Height, size.Width);
        List<FoundPicture> figures = Combine(steep, flat, size, cancellationToken);
        List<FoundPicture> chosen = [];
        foreach (FoundPicture figure in figures.OrderByDescending(figure => figure.Score))
        {
            if (chosen.TrueForAll(other => other.Outline.Overlap(figure.Outline) < SameFigure))
            {
                chosen.Add(figure);
                if (chosen.Count == maxCount)
                {
                    break;
                }
            }
        }

        return chosen;
    }

    /// <summary>Sobel's gradient, of the colour channel in which it is largest.</summary>
    private static (float[] Across, float[] Down) Gradients(RgbImage image)
    {
        int width = image.Width, height = image.Height, stride = 3 * width;
        ReadOnlySpan<byte> pixels = image.Pixels;
        float[] across = new float[width * height], down = new float[width * height];
        for (int y = 1; y < height - 1; y++)
        {
            for (int x = 1; x < width - 1; x++)
            {
                float largest = -1;
                int at = (y * width) + x;
                for (int p = 3 * at; p < (3 * at) + 3; p++)
                {
                    int gx = pixels[p - stride + 3] + (2 * pixels[p + 3]) + pixels[p + stride + 3] - pixels[p - stride - 3] - (2 * pixels[p - 3]) - pixels[p + stride - 3];
                    int gy = pixels[p + stride - 3] + (2 * pixels[p + stride]) + pixels[p + stride + 3] - pixels[p - stride - 3] - (2 * pixels[p - stride]) - pixels[p - stride + 3];
                    float squared = ((float)gx * gx) + ((float)gy * gy);
                    if (squared > largest)
                    {
                        largest = squared;
                        across[at] = gx;
                        down[at] = gy;
                    }
                }
            }
        }

        return (across, down);
    }

    private static float[] Transpose(float[] values, ImageSize size)
    {
        float[] result = new float[values.Length];
        for (int y = 0, at = 0; y < size.Height; y++)
        {
            for (int x = 0; x < size.Width; x++)
            {
                result[(x * size.Height) + y] = values[at++];
            }
        }

        return result;
    }

    /// <summary>The strongest steep lines x = at + slope · (y − height / 2), and the image's left and right border.</summary>
    private static List<Line> FindLines(float[] across, float[] down, int width, int height)
    {
        const int Bins = (2 * Slopes) + 1, Reach = 2;
        int margin = (int)(height * Slopes * SlopeStep / 2) + 2, places = width + (2 * margin);
        float[] votes = new float[Bins * places];
        for (int y = 1; y < height - 1; y++)
        {
            double fromMiddle = y - (height / 2.0);
            for (int x = 1; x < width - 1; x++)
            {
                float gx = across[(y * width) + x], gy = down[(y * width) + x];
                float strength = Strength(gx);
                if (strength <= 0 || Math.Abs(gy) > 0.7f * Math.Abs(gx))
                {
                    continue;
                }

                int slope = (int)Math.Round(-gy / gx / SlopeStep);
                for (int s = Math.Max(-Slopes, slope - Reach); s <= Math.Min(Slopes, slope + Reach); s++)
                {
                    int place = (int)Math.Round(x - (s * SlopeStep * fromMiddle)) + margin;
                    if ((uint)place < (uint)places)
                    {
                        votes[((s + Slopes) * places) + place] += strength;
                    }
                }
            }
        }

        List<Line> lines = [];
        for (int i = 0; i < Lines; i++)
        {
            int best = 0;
            for (int j = 1; j < votes.Length; j++)
            {
                best = votes[j] > votes[best] ? j : best;
            }

            if (votes[best] < 0.12 * height)
            {
                break;
            }

            int bin = best / places, place = best % places;
            lines.Add(Line.Create(place - margin, (bin - Slopes) * SlopeStep, across, down, width, height));
            for (int s = Math.Max(0, bin - 5); s <= Math.Min(Bins - 1, bin + 5); s++)
            {
                int from = Math.Max(0, place - 3), to = Math.Min(places - 1, place + 3);
                votes.AsSpan((s * places) + from, to - from + 1).Clear();
            }
        }

        lines.Add(Line.Border(0, height));
        lines.Add(Line.Border(width - 1, height));
        return lines;
    }

    private static List<FoundPicture> Combine(List<Line> steep, List<Line> flat, ImageSize size, CancellationToken cancellationToken)
    {
        List<FoundPicture> figures = [];
        for (int left = 0; left < steep.Count; left++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            for (int right = 0; right < steep.Count; right++)
            {
                if (steep[right].At - steep[left].At < LeastSide * size.Width || Math.Abs(steep[right].Slope - steep[left].Slope) > 0.35)
                {
                    continue;
                }

                for (int top = 0; top < flat.Count; top++)
                {
                    for (int bottom = 0; bottom < flat.Count; bottom++)
                    {
                        if (flat[bottom].At - flat[top].At >= LeastSide * size.Height && Math.Abs(flat[bottom].Slope - flat[top].Slope) <= 0.35
                            && Figure(steep[left], steep[right], flat[top], flat[bottom], size) is { } figure)
                        {
                            figures.Add(figure);
                        }
                    }
                }
            }
        }

        return figures;
    }

    private static FoundPicture? Figure(Line left, Line right, Line top, Line bottom, ImageSize size)
    {
        int borders = (left.IsBorder ? 1 : 0) + (right.IsBorder ? 1 : 0) + (top.IsBorder ? 1 : 0) + (bottom.IsBorder ? 1 : 0);
        if (borders > 2)
        {
            return null;
        }

        (double x00, double y00) = Meet(left, top, size);
        (double x10, double y10) = Meet(right, top, size);
        (double x11, double y11) = Meet(right, bottom, size);
        (double x01, double y01) = Meet(left, bottom, size);
        var a = new ImagePoint(x00 / size.Width, y00 / size.Height);
        var b = new ImagePoint(x10 / size.Width, y10 / size.Height);
        var c = new ImagePoint(x11 / size.Width, y11 / size.Height);
        var d = new ImagePoint(x01 / size.Width, y01 / size.Height);
        if (IsOutside(a) || IsOutside(b) || IsOutside(c) || IsOutside(d) || !Quadrilateral.IsConvex(a, b, c, d))
        {
            return null;
        }

        double l = left.Support(y00, y01), r = right.Support(y10, y11), t = top.Support(x00, x10), u = bottom.Support(x01, x11);
        double mean = (l + r + t + u) / 4, least = Math.Min(Math.Min(l, r), Math.Min(t, u));
        double beyond = (left.Beyond(y00, y01) + right.Beyond(y10, y11) + top.Beyond(x00, x10) + bottom.Beyond(x01, x11)) / 4;
        var outline = new Quadrilateral(a, b, c, d);
        return new FoundPicture(outline, (0.55 * mean) + (0.45 * least) - (0.2 * beyond) + (0.1 * Math.Min(1, outline.Area)));
    }

    private static bool IsOutside(ImagePoint point) => point.X is < -0.12 or > 1.12 || point.Y is < -0.12 or > 1.12;

    /// <summary>Where a steep line x = a + s·(y − h/2) meets a flat one y = b + t·(x − w/2).</summary>
    private static (double X, double Y) Meet(Line steep, Line flat, ImageSize size)
    {
        double y = (flat.At + (flat.Slope * (steep.At - (steep.Slope * size.Height / 2.0) - (size.Width / 2.0)))) / (1 - (flat.Slope * steep.Slope));
        return (steep.At + (steep.Slope * (y - (size.Height / 2.0))), y);
    }

    private static float Strength(float gradient) => Math.Clamp((Math.Abs(gradient) - EdgeFloor) / (EdgeFull - EdgeFloor), 0, 1);

    /// <summary>A steep line, and how much of each part of it is an edge.</summary>
    private sealed class Line
    {
        private readonly float[] _sums; // of the edge strengths in the rows above

        private Line(double at, double slope, float[] sums, bool isBorder)
        {
            (At, Slope, _sums, IsBorder) = (at, slope, sums, isBorder);
        }

        public double At { get; }

        public double Slope { get; }

        public bool IsBorder { get; }

        public static Line Create(double at, double slope, float[] across, float[] down, int width, int height)
        {
            float[] sums = new float[height + 1];
            for (int y = 0; y < height; y++)
            {
                int x = (int)Math.Round(at + (slope * (y - (height / 2.0))));
                float best = 0;
                for (int i = Math.Max(0, x - 1); i <= Math.Min(width - 1, x + 1); i++)
                {
                    float gx = across[(y * width) + i], gy = down[(y * width) + i];
                    best = Math.Abs(gy + (gx * slope)) <= 0.5f * Math.Abs(gx) ? Math.Max(best, Strength(gx)) : best;
                }

                sums[y + 1] = sums[y] + MathF.Sqrt(best); // a faint edge counts too
            }

            return new Line(at, slope, sums, isBorder: false);
        }

        public static Line Border(double at, int height)
        {
            float[] sums = new float[height + 1];
            for (int y = 0; y < height; y++)
            {
                sums[y + 1] = sums[y] + (float)BorderSupport;
            }

            return new Line(at, 0, sums, isBorder: true);
        }

        /// <summary>The mean edge strength between two rows; what lies outside the image counts as a border.</summary>
        public double Support(double from, double to)
        {
            int height = _sums.Length - 1, first = Math.Clamp((int)from, 0, height), last = Math.Clamp((int)Math.Ceiling(to), first, height);
            double outside = Math.Max(0, to - from - (last - first));
            return (_sums[last] - _sums[first] + (outside * BorderSupport)) / Math.Max(1, last - first + outside);
        }

        /// <summary>The mean edge strength within a tenth of the height beyond two rows.</summary>
        public double Beyond(double from, double to)
        {
            if (IsBorder)
            {
                return 0;
            }

            int height = _sums.Length - 1, reach = Math.Max(4, height / 10);
            int a = Math.Clamp((int)from - 2, 0, height), b = Math.Clamp((int)Math.Ceiling(to) + 2, 0, height);
            int before = Math.Max(0, a - reach), after = Math.Min(height, b + reach);
            return (_sums[a] - _sums[before] + _sums[after] - _sums[b]) / (2.0 * reach);
        }
    }
}
