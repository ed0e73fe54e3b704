using ArtSimilarity.Imaging;

namespace ArtSimilarity.Recognition;

/// <summary>
/// Finds local features and describes them as Lowe's "Distinctive image features from scale-invariant keypoints" (2004) does. The numbers below are his,
/// but for the contrast: a photograph of a dark canvas has little.
/// </summary>
/// <param name="image">The image at the size it is looked at.</param>
/// <param name="blur">The blur it has already, in pixels.</param>
/// <param name="maxCount">How many features to keep.</param>
internal sealed class SiftDetector(RgbImage image, double blur, int maxCount)
{
    private const int ScalesPerOctave = 3, LeastSide = 24, Border = 5;
    private const double FirstSigma = 1.6;
    private const float LeastContrast = 0.02f / ScalesPerOctave, LargestEdgeRatio = 10;
    private const int OrientationBins = 36, Cells = 4, CellOrientations = 8;
    private const float LargestShare = 0.2f;
    private const int OrientationSamples = 3, Reach = 3 * OrientationSamples; // to a standard deviation, and to each side
    private const int CellSamples = 4;
    private static readonly float[] NearWeights = [.. Enumerable.Range(0, Reach + 1).Select(i => MathF.Exp(-i * i / (2f * OrientationSamples * OrientationSamples)))];
    private static readonly Sample[] Samples = LaySamples();

    public LocalFeatures Detect(CancellationToken cancellationToken)
    {
        List<Spot> spots = [];
        int width = image.Width, height = image.Height;
        float[] current = GaussianBlur.Apply(Luma(), width, height, Math.Sqrt(Math.Max(0.01, (FirstSigma * FirstSigma) - (blur * blur))));
        List<Octave> octaves = [];
        for (int octave = 0; Math.Min(width, height) >= LeastSide; octave++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var built = new Octave(current, width, height, octave);
            octaves.Add(built);
            FindExtrema(built, spots);
            current = Halve(built.Planes[ScalesPerOctave], ref width, ref height);
        }

        spots.Sort((a, b) => b.Contrast.CompareTo(a.Contrast));
        if (spots.Count > maxCount)
        {
            spots.RemoveRange(maxCount, spots.Count - maxCount);
        }

        List<LocalFeature> features = [];
        List<float> descriptors = [];
        float[] descriptor = new float[LocalFeatures.DescriptorLength];
        foreach (Spot spot in spots)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Octave octave = octaves[spot.Octave];
            foreach (float orientation in Orientations(octave, spot))
            {
                if (features.Count == maxCount)
                {
                    break;
                }

                Describe(octave, spot, orientation, descriptor);
                float size = 1 << spot.Octave;
                features.Add(new LocalFeature(
                    new ImagePoint((spot.X + 0.5) * size / image.Width, (spot.Y + 0.5) * size / image.Height), spot.Sigma * size, orientation));
                descriptors.AddRange(descriptor);
            }
        }

        return new LocalFeatures(image.Size, [.. features], [.. descriptors]);
    }

    private float[] Luma()
    {
        ReadOnlySpan<byte> pixels = image.Pixels;
        float[] luma = new float[pixels.Length / 3];
        for (int i = 0, p = 0; i < luma.Length; i++, p += 3)
        {
            luma[i] = ((0.299f * pixels[p]) + (0.587f * pixels[p + 1]) + (0.114f * pixels[p + 2])) / 255;
        }

        return luma;
    }

    private static float[] Halve(float[] plane, ref int width, ref int height)
    {
        int newWidth = width / 2, newHeight = height / 2;
        float[] result = new float[newWidth * newHeight];
        for (int y = 0, at = 0; y < newHeight; y++)
        {
            for (int x = 0; x < newWidth; x++)
            {
                result[at++] = plane[(2 * y * width) + (2 * x)];
            }
        }

        (width, height) = (newWidth, newHeight);
        return result;
    }

    private static void FindExtrema(Octave octave, List<Spot> spots)
    {
        int width = octave.Width, height = octave.Height;
        for (int s = 1; s <= ScalesPerOctave; s++)
        {
            float[] below = octave.Differences[s - 1], here = octave.Differences[s], above = octave.Differences[s + 1];
            for (int y = Border; y < height - Border; y++)
            {
                for (int x = Border; x < width - Border; x++)
                {
                    int at = (y * width) + x;
                    float value = here[at];
                    if (Math.Abs(value) > 0.8f * LeastContrast && IsExtremum(value, below, here, above, at, width)
                        && Refine(octave, s, x, y) is { } spot)
                    {
                        spots.Add(spot);
                    }
                }
            }
        }
    }

    private static bool IsExtremum(float value, float[] below, float[] here, float[] above, int at, int width)
    {
        float sign = value > 0 ? 1 : -1;
        value *= sign;
        for (int dy = -width; dy <= width; dy += width)
        {
            for (int i = at + dy - 1; i <= at + dy + 1; i++)
            {
                if (sign * below[i] >= value || sign * above[i] >= value || (i != at && sign * here[i] >= value))
                {
                    return false;
                }
            }
        }

        return true;
    }

    /// <summary>Fits a parabola to the 26 neighbours and goes to its summit; refuses edges and what has little contrast.</summary>
    private static Spot? Refine(Octave octave, int s, int x, int y)
    {
        int width = octave.Width;
        for (int step = 0; step < 5; step++)
        {
            float[] below = octave.Differences[s - 1], here = octave.Differences[s], above = octave.Differences[s + 1];
            int at = (y * width) + x;
            float value = here[at];
            float dx = (here[at + 1] - here[at - 1]) / 2, dy = (here[at + width] - here[at - width]) / 2, ds = (above[at] - below[at]) / 2;
            float dxx = here[at + 1] + here[at - 1] - (2 * value), dyy = here[at + width] + here[at - width] - (2 * value), dss = above[at] + below[at] - (2 * value);
            float dxy = (here[at + width + 1] - here[at + width - 1] - here[at - width + 1] + here[at - width - 1]) / 4;
            float dxs = (above[at + 1] - above[at - 1] - below[at + 1] + below[at - 1]) / 4;
            float dys = (above[at + width] - above[at - width] - below[at + width] + below[at - width]) / 4;
            double determinant = (dxx * (((double)dyy * dss) - (dys * dys))) - (dxy * (((double)dxy * dss) - (dys * dxs))) + (dxs * (((double)dxy * dys) - (dyy * dxs)));
            if (determinant == 0)
            {
                return null;
            }

            double ox = -((dx * (((double)dyy * dss) - (dys * dys))) - (dxy * (((double)dy * dss) - (dys * ds))) + (dxs * (((double)dy * dys) - (dyy * ds)))) / determinant;
            double oy = -((dxx * (((double)dy * dss) - (ds * dys))) - (dx * (((double)dxy * dss) - (dys * dxs))) + (dxs * (((double)dxy * ds) - (dy * dxs)))) / determinant;
            double os = -((dxx * (((double)dyy * ds) - (dys * dy))) - (dxy * (((double)dxy * ds) - (dy * dxs))) + (dx * (((double)dxy * dys) - (dyy * dxs)))) / determinant;
            if (Math.Abs(ox) < 0.6 && Math.Abs(oy) < 0.6 && Math.Abs(os) < 0.6)
            {
                double contrast = Math.Abs(value + (0.5 * ((dx * ox) + (dy * oy) + (ds * os))));
                float trace = dxx + dyy, product = (dxx * dyy) - (dxy * dxy);
                if (contrast < LeastContrast || product <= 0 || trace * trace * LargestEdgeRatio >= (LargestEdgeRatio + 1) * (LargestEdgeRatio + 1) * product)
                {
                    return null;
                }

                return new Spot(octave.Number, s, (float)(x + ox), (float)(y + oy), (float)(FirstSigma * Math.Pow(2, (s + os) / ScalesPerOctave)), (float)contrast);
            }

            x += (int)Math.Round(Math.Clamp(ox, -1, 1));
            y += (int)Math.Round(Math.Clamp(oy, -1, 1));
            s += (int)Math.Round(Math.Clamp(os, -1, 1));
            if (s < 1 || s > ScalesPerOctave || x < Border || x >= width - Border || y < Border || y >= octave.Height - Border)
            {
                return null;
            }
        }

        return null;
    }

    private static List<float> Orientations(Octave octave, Spot spot)
    {
        Span<float> bins = stackalloc float[OrientationBins];
        bins.Clear();
        float step = 1.5f * spot.Sigma / OrientationSamples;
        (float[] across, float[] down) = octave.Gradients(spot.Scale);
        for (int i = -Reach; i <= Reach; i++)
        {
            int y = (int)MathF.Round(spot.Y + (i * step));
            for (int j = -Reach; j <= Reach && y >= 1 && y < octave.Height - 1; j++)
            {
                int x = (int)MathF.Round(spot.X + (j * step));
                if (x >= 1 && x < octave.Width - 1)
                {
                    int at = (y * octave.Width) + x;
                    float gx = across[at], gy = down[at];
                    int bin = (int)((Turns(gy, gx) * OrientationBins) + OrientationBins) % OrientationBins;
                    bins[bin] += NearWeights[Math.Abs(i)] * NearWeights[Math.Abs(j)] * MathF.Sqrt((gx * gx) + (gy * gy));
                }
            }
        }

        Span<float> smooth = stackalloc float[OrientationBins];
        float largest = 0;
        for (int i = 0; i < OrientationBins; i++)
        {
            smooth[i] = (bins[(i + OrientationBins - 1) % OrientationBins] + (2 * bins[i]) + bins[(i + 1) % OrientationBins]) / 4;
            largest = Math.Max(largest, smooth[i]);
        }

        List<float> orientations = [];
        for (int i = 0; i < OrientationBins && largest > 0; i++)
        {
            float before = smooth[(i + OrientationBins - 1) % OrientationBins], here = smooth[i], after = smooth[(i + 1) % OrientationBins];
            if (here >= 0.8f * largest && here > before && here >= after)
            {
                float offset = 0.5f * (before - after) / (before - (2 * here) + after);
                orientations.Add((i + 0.5f + offset) * MathF.Tau / OrientationBins);
            }
        }

        return orientations;
    }

    /// <summary>
    /// 4 × 4 histograms of 8 gradient directions around the spot, turned by its orientation, each gradient shared by the nearest bins. As in Lowe's paper the
    /// gradients are samples: 4 to the side of a cell.
    /// </summary>
    private static void Describe(Octave octave, Spot spot, float orientation, Span<float> descriptor)
    {
        descriptor.Clear();
        float step = 3 * spot.Sigma / CellSamples, cos = MathF.Cos(orientation) * step, sin = MathF.Sin(orientation) * step, turn = orientation / MathF.Tau;
        (float[] across, float[] down) = octave.Gradients(spot.Scale);
        for (int i = 0; i < Samples.Length; i++)
        {
            Sample row = Samples[i];
            for (int j = 0; j < Samples.Length; j++)
            {
                Sample column = Samples[j];
                int x = (int)MathF.Round(spot.X + (column.Offset * cos) - (row.Offset * sin)), y = (int)MathF.Round(spot.Y + (column.Offset * sin) + (row.Offset * cos));
                if (x < 1 || x >= octave.Width - 1 || y < 1 || y >= octave.Height - 1)
                {
                    continue;
                }

                int at = (y * octave.Width) + x;
                float gx = across[at], gy = down[at];
                float magnitude = MathF.Sqrt((gx * gx) + (gy * gy)) * row.Weight * column.Weight;
                float angle = (Turns(gy, gx) - turn) * CellOrientations;
                angle -= CellOrientations * MathF.Floor(angle / CellOrientations);
                int low = (int)angle % CellOrientations, high = (low + 1) % CellOrientations;
                float ofHigh = angle - (int)angle, ofLow = 1 - ofHigh;
                for (int k = 0; k < 4; k++)
                {
                    (int r, float shareOfRow) = k < 2 ? (row.Cell, row.Share) : (row.NextCell, row.NextShare);
                    (int c, float shareOfColumn) = (k & 1) == 0 ? (column.Cell, column.Share) : (column.NextCell, column.NextShare);
                    float share = magnitude * shareOfRow * shareOfColumn;
                    Span<float> bins = descriptor.Slice(((r * Cells) + c) * CellOrientations, CellOrientations);
                    bins[low] += share * ofLow;
                    bins[high] += share * ofHigh;
                }
            }
        }

        Normalize(descriptor);
    }

    /// <summary>Where the samples of a descriptor lie along one axis, from half a cell before its first cell to half a cell behind its last.</summary>
    private static Sample[] LaySamples()
    {
        var samples = new Sample[(Cells + 1) * CellSamples];
        for (int i = 0; i < samples.Length; i++)
        {
            float offset = i + 0.5f - (samples.Length / 2f), cells = offset / CellSamples;
            float place = cells + (Cells / 2f) - 0.5f; // the middle of the first cell is 0
            int cell = (int)MathF.Floor(place);
            float next = place - cell;

            // A cell beyond the descriptor gets nothing; its number only has to be a valid one.
            samples[i] = new Sample(
                offset, MathF.Exp(-cells * cells / (0.5f * Cells * Cells)), Math.Max(0, cell), cell < 0 ? 0 : 1 - next, Math.Min(Cells - 1, cell + 1), cell + 1 >= Cells ? 0 : next);
        }

        return samples;
    }

    /// <summary>The direction of a gradient in turns, −½ to ½, to within 0.002 of a turn (Rajan et al. 2006): some ten times as fast as the exact one.</summary>
    private static float Turns(float y, float x)
    {
        float ax = Math.Abs(x), ay = Math.Abs(y), large = Math.Max(ax, ay);
        if (large == 0)
        {
            return 0;
        }

        float ratio = Math.Min(ax, ay) / large;
        float turns = ratio * (0.125f + (0.0434f * (1 - ratio)));
        turns = ay > ax ? 0.25f - turns : turns;
        turns = x < 0 ? 0.5f - turns : turns;
        return y < 0 ? -turns : turns;
    }

    /// <summary>Caps what one strong edge counts, then takes roots of shares, so that inner products are Bhattacharyya coefficients.</summary>
    private static void Normalize(Span<float> descriptor)
    {
        float squared = 0;
        foreach (float value in descriptor)
        {
            squared += value * value;
        }

        float cap = LargestShare * MathF.Sqrt(squared), sum = 0;
        foreach (ref float value in descriptor)
        {
            value = Math.Min(value, cap);
            sum += value;
        }

        foreach (ref float value in descriptor)
        {
            value = sum > 0 ? MathF.Sqrt(value / sum) : 0;
        }
    }

    /// <param name="Offset">The distance from the spot, in samples.</param>
    /// <param name="Weight">The weight of its distance.</param>
    /// <param name="Cell">A cell it counts for.</param>
    /// <param name="Share">How much for that.</param>
    /// <param name="NextCell">The cell after it.</param>
    /// <param name="NextShare">How much for that.</param>
    private readonly record struct Sample(float Offset, float Weight, int Cell, float Share, int NextCell, float NextShare);

    private readonly record struct Spot(int Octave, int Scale, float X, float Y, float Sigma, float Contrast);

    /// <summary>The image at one size, at six blurs, and their differences.</summary>
    private sealed class Octave
    {
        private readonly (float[] Across, float[] Down)?[] _gradients = new (float[], float[])?[ScalesPerOctave + 1];

        public Octave(float[] first, int width, int height, int number)
        {
            (Width, Height, Number) = (width, height, number);
            Planes = new float[ScalesPerOctave + 3][];
            Differences = new float[ScalesPerOctave + 2][];
            Planes[0] = first;
            double factor = Math.Pow(2, 1.0 / ScalesPerOctave), sigma = FirstSigma;
            for (int s = 1; s < Planes.Length; s++)
            {
                double next = sigma * factor;
                Planes[s] = GaussianBlur.Apply(Planes[s - 1], width, height, Math.Sqrt((next * next) - (sigma * sigma)));
                sigma = next;
                Differences[s - 1] = new float[first.Length];
                System.Numerics.Tensors.TensorPrimitives.Subtract(Planes[s], Planes[s - 1], Differences[s - 1]);
            }
        }

        public int Width { get; }

        public int Height { get; }

        public int Number { get; }

        public float[][] Planes { get; }

        public float[][] Differences { get; }

        public (float[] Across, float[] Down) Gradients(int scale)
        {
            if (_gradients[scale] is { } known)
            {
                return known;
            }

            float[] plane = Planes[scale], across = new float[plane.Length], down = new float[plane.Length];
            for (int y = 1; y < Height - 1; y++)
            {
                for (int x = 1; x < Width - 1; x++)
                {
                    int at = (y * Width) + x;
                    across[at] = plane[at + 1] - plane[at - 1];
                    down[at] = plane[at + Width] - plane[at - Width];
                }
            }

            _gradients[scale] = (across, down);
            return (across, down);
        }
    }
}
