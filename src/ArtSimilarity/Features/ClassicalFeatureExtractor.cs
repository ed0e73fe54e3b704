using System.Buffers;
using System.Numerics;
using ArtSimilarity.Imaging;

namespace ArtSimilarity.Features;

/// <summary>
/// A signature without a model: colour, texture and edges, as retrieval systems used before neural networks. A baseline, and
/// what works with nothing to download.
/// </summary>
/// <remarks>
/// <para>The image is squashed to 256×256 pixels; then three histograms are counted, 620 numbers in all:</para>
/// <list type="number">
/// <item>colour: 16 hues × 4 saturations × 4 values (HSV, equal bins) over all pixels: 256;</item>
/// <item>texture: uniform local binary patterns (8 neighbours at radius 1, luma; 58 uniform patterns and one bin for the
/// rest) in each of 2×2 cells: 236 (Ojala, Pietikäinen, Mäenpää 2002);</item>
/// <item>edges: 8 orientations over 180°, each pixel weighted by its Sobel gradient magnitude, in each of 4×4 cells: 128.</item>
/// </list>
/// <para>
/// Each histogram is divided by its sum and the square root is taken, so that the inner product of two is their Bhattacharyya
/// coefficient. The three are concatenated with equal weight and scaled to length 1. (Where an image has no edges at all, the edge
/// part is zero.) Safe to use from several threads at once.
/// </para>
/// </remarks>
public sealed class ClassicalFeatureExtractor : IFeatureExtractor
{
    private const int Side = 256;
    private const int Hues = 16, Saturations = 4, Values = 4;
    private const int ColorBins = Hues * Saturations * Values;
    private const int Patterns = 59, TextureCells = 2;
    private const int TextureBins = Patterns * TextureCells * TextureCells;
    private const int Orientations = 8, EdgeCells = 4;
    private const int EdgeBins = Orientations * EdgeCells * EdgeCells;

    private static readonly byte[] PatternOf = NumberUniformPatterns();
    private static readonly (float Cos, float Sin)[] Sectors =
        [.. Enumerable.Range(1, Orientations - 1).Select(i => ((float)Math.Cos(Math.PI * i / Orientations), (float)Math.Sin(Math.PI * i / Orientations)))];

    /// <inheritdoc/>
    public FeatureSpace Space { get; } = new("classical-1", $"{Side}x{Side} squash triangle", ColorBins + TextureBins + EdgeBins);

    /// <inheritdoc/>
    public ImageSize InputSize => new(Side, Side);

    /// <inheritdoc/>
    public ValueTask ExtractAsync(ReadOnlyMemory<RgbImage> images, Memory<float> signatures, CancellationToken cancellationToken = default)
    {
        Extract(images.Span, signatures.Span, cancellationToken);
        return ValueTask.CompletedTask;
    }

    /// <summary>Extracts the signatures of <paramref name="images"/> on this thread.</summary>
    /// <param name="images">The images; none of them is changed or kept.</param>
    /// <param name="signatures">Receives one signature after the other: <c>images.Length × Space.Dimensions</c> numbers.</param>
    /// <param name="cancellationToken">Cancels between images, and within one.</param>
    /// <exception cref="ArgumentException"><paramref name="signatures"/> has another length.</exception>
    /// <exception cref="OperationCanceledException">The work was cancelled.</exception>
    public void Extract(ReadOnlySpan<RgbImage> images, Span<float> signatures, CancellationToken cancellationToken = default)
    {
        if (signatures.Length != (long)images.Length * Space.Dimensions)
        {
            throw new ArgumentException($"{images.Length} images give {(long)images.Length * Space.Dimensions} numbers, not {signatures.Length}.", nameof(signatures));
        }

        byte[] pixels = ArrayPool<byte>.Shared.Rent(3 * Side * Side);
        byte[] luma = ArrayPool<byte>.Shared.Rent(Side * Side);
        try
        {
            for (int i = 0; i < images.Length; i++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                Span<byte> rgb = pixels.AsSpan(0, 3 * Side * Side);
                ImageResampler.Resize(images[i], null, new ImageSize(Side, Side), rgb);
                cancellationToken.ThrowIfCancellationRequested();
                Span<float> signature = signatures.Slice(i * Space.Dimensions, Space.Dimensions);
                signature.Clear();
                Span<float> color = signature[..ColorBins];
                Span<float> texture = signature.Slice(ColorBins, TextureBins);
                Span<float> edges = signature[(ColorBins + TextureBins)..];
                CountColors(rgb, luma, color);
                CountPatterns(luma, texture);
                CountEdges(luma, edges);
                TakeRoots(color);
                TakeRoots(texture);
                TakeRoots(edges);
                ScaleToUnitLength(signature);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(luma);
            ArrayPool<byte>.Shared.Return(pixels);
        }
    }

    private static void CountColors(ReadOnlySpan<byte> rgb, Span<byte> luma, Span<float> bins)
    {
        for (int i = 0, j = 0; j < Side * Side; i += 3, j++)
        {
            int r = rgb[i], g = rgb[i + 1], b = rgb[i + 2];
            luma[j] = (byte)(((299 * r) + (587 * g) + (114 * b) + 500) / 1000);
            int max = Math.Max(r, Math.Max(g, b));
            int chroma = max - Math.Min(r, Math.Min(g, b));
            int saturation = max == 0 ? 0 : Math.Min(Saturations - 1, Saturations * chroma / max);
            int hue = 0;
            if (chroma > 0)
            {
                // The hue in 1/6ths of a turn times the chroma, so that the bin follows from one integer division.
                int sixths = max == r ? (g - b) + (g < b ? 6 * chroma : 0)
                    : max == g ? (b - r) + (2 * chroma)
                    : (r - g) + (4 * chroma);
                hue = Math.Min(Hues - 1, Hues * sixths / (6 * chroma));
            }

            bins[(((hue * Saturations) + saturation) * Values) + (max * Values / 256)]++;
        }
    }

    private static void CountPatterns(ReadOnlySpan<byte> luma, Span<float> bins)
    {
        for (int y = 1; y < Side - 1; y++)
        {
            int rowOfCells = y * TextureCells / Side * TextureCells;
            for (int x = 1; x < Side - 1; x++)
            {
                int at = (y * Side) + x;
                int center = luma[at];
                int code = (luma[at - Side - 1] >= center ? 1 : 0)
                    | (luma[at - Side] >= center ? 2 : 0)
                    | (luma[at - Side + 1] >= center ? 4 : 0)
                    | (luma[at + 1] >= center ? 8 : 0)
                    | (luma[at + Side + 1] >= center ? 16 : 0)
                    | (luma[at + Side] >= center ? 32 : 0)
                    | (luma[at + Side - 1] >= center ? 64 : 0)
                    | (luma[at - 1] >= center ? 128 : 0);
                bins[((rowOfCells + (x * TextureCells / Side)) * Patterns) + PatternOf[code]]++;
            }
        }
    }

    private static void CountEdges(ReadOnlySpan<byte> luma, Span<float> bins)
    {
        for (int y = 1; y < Side - 1; y++)
        {
            int rowOfCells = y * EdgeCells / Side * EdgeCells;
            for (int x = 1; x < Side - 1; x++)
            {
                int at = (y * Side) + x;
                int dx = luma[at - Side + 1] + (2 * luma[at + 1]) + luma[at + Side + 1]
                    - luma[at - Side - 1] - (2 * luma[at - 1]) - luma[at + Side - 1];
                int dy = luma[at + Side - 1] + (2 * luma[at + Side]) + luma[at + Side + 1]
                    - luma[at - Side - 1] - (2 * luma[at - Side]) - luma[at - Side + 1];
                if ((dx | dy) == 0)
                {
                    continue;
                }

                float magnitude = MathF.Sqrt((dx * dx) + (dy * dy));
                if (dy < 0)
                {
                    (dx, dy) = (-dx, -dy); // an edge has no sign: half a turn is enough
                }

                int orientation = 0;
                foreach ((float cos, float sin) in Sectors)
                {
                    orientation += (dy * cos) - (dx * sin) >= 0 ? 1 : 0;
                }

                bins[((rowOfCells + (x * EdgeCells / Side)) * Orientations) + orientation] += magnitude;
            }
        }
    }

    private static void TakeRoots(Span<float> histogram)
    {
        float sum = 0;
        foreach (float count in histogram)
        {
            sum += count;
        }

        if (sum > 0)
        {
            foreach (ref float count in histogram)
            {
                count = MathF.Sqrt(count / sum);
            }
        }
    }

    private static void ScaleToUnitLength(Span<float> signature)
    {
        float squared = 0;
        foreach (float value in signature)
        {
            squared += value * value;
        }

        float scale = 1 / MathF.Sqrt(squared); // never zero: the colour histogram has length 1
        foreach (ref float value in signature)
        {
            value *= scale;
        }
    }

    /// <summary>Numbers the 58 patterns with at most two changes around the circle; all others share the last number.</summary>
    private static byte[] NumberUniformPatterns()
    {
        byte[] numbers = new byte[256];
        byte next = 0;
        for (int code = 0; code < 256; code++)
        {
            int rotated = ((code << 1) | (code >> 7)) & 255;
            numbers[code] = BitOperations.PopCount((uint)(code ^ rotated)) <= 2 ? next++ : (byte)(Patterns - 1);
        }

        return numbers;
    }
}
