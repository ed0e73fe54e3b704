using System.Runtime.Intrinsics;

namespace ArtSimilarity.Training.Data;

/// <summary>
/// What JPEG loses of a picture: cosine transforms of 8 × 8 blocks, rounded as the standard's tables say, colours at half the size. No file is written.
/// </summary>
internal static class BlockCompression
{
    private const int Block = 8;

    // ITU-T T.81, annex K.
    private static ReadOnlySpan<byte> LumaTable =>
    [
        16, 11, 10, 16, 24, 40, 51, 61, 12, 12, 14, 19, 26, 58, 60, 55, 14, 13, 16, 24, 40, 57, 69, 56, 14, 17, 22, 29, 51, 87, 80, 62,
        18, 22, 37, 56, 68, 109, 103, 77, 24, 35, 55, 64, 81, 104, 113, 92, 49, 64, 78, 87, 103, 121, 120, 101, 72, 92, 95, 98, 112, 100, 103, 99,
    ];

    private static ReadOnlySpan<byte> ColorTable =>
    [
        17, 18, 24, 47, 99, 99, 99, 99, 18, 21, 26, 66, 99, 99, 99, 99, 24, 26, 56, 99, 99, 99, 99, 99, 47, 66, 99, 99, 99, 99, 99, 99,
        99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99,
    ];

    private static readonly float[] Cosines = CreateCosines();
    private static readonly float[] Turned = [.. Enumerable.Range(0, 64).Select(i => Cosines[(i % Block * Block) + (i / Block)])];

    [ThreadStatic]
    private static float[]? t_planes;

    /// <summary>Compresses and decompresses a picture in place.</summary>
    /// <param name="colors">RGB from 0 to 255, [side, side, 3].</param>
    /// <param name="side">Rows and columns.</param>
    /// <param name="quality">JPEG's quality, from 1 to 100.</param>
    public static void Apply(Span<float> colors, int side, int quality)
    {
        int whole = (side + 15) / 16 * 16, half = whole / 2, wholeLength = whole * whole, halfLength = half * half;
        int needed = wholeLength + (2 * halfLength);
        float[] planes = t_planes is { } kept && kept.Length >= needed ? kept : t_planes = new float[needed];
        Span<float> luma = planes.AsSpan(0, wholeLength), blueness = planes.AsSpan(wholeLength, halfLength), redness = planes.AsSpan(wholeLength + halfLength, halfLength);
        blueness.Clear();
        redness.Clear();
        for (int y = 0; y < whole; y++)
        {
            for (int x = 0; x < whole; x++)
            {
                int at = 3 * ((Math.Min(y, side - 1) * side) + Math.Min(x, side - 1)), color = (y / 2 * half) + (x / 2);
                float red = Math.Clamp(colors[at], 0, 255), green = Math.Clamp(colors[at + 1], 0, 255), blue = Math.Clamp(colors[at + 2], 0, 255);
                float light = (0.299f * red) + (0.587f * green) + (0.114f * blue);
                luma[(y * whole) + x] = light - 128;
                blueness[color] += 0.25f * 0.564f * (blue - light);
                redness[color] += 0.25f * 0.713f * (red - light);
            }
        }

        Round(luma, whole, LumaTable, quality);
        Round(blueness, half, ColorTable, quality);
        Round(redness, half, ColorTable, quality);
        for (int y = 0, at = 0; y < side; y++)
        {
            for (int x = 0; x < side; x++, at += 3)
            {
                int color = (y / 2 * half) + (x / 2);
                float light = luma[(y * whole) + x] + 128, blue = blueness[color], red = redness[color];
                colors[at] = light + (1.402f * red);
                colors[at + 1] = light - (0.344f * blue) - (0.714f * red);
                colors[at + 2] = light + (1.772f * blue);
            }
        }
    }

    private static float[] CreateCosines()
    {
        float[] values = new float[Block * Block];
        for (int frequency = 0; frequency < Block; frequency++)
        {
            for (int place = 0; place < Block; place++)
            {
                values[(frequency * Block) + place] = (float)((frequency == 0 ? Math.Sqrt(0.125) : 0.5) * Math.Cos(((2 * place) + 1) * frequency * Math.PI / 16));
            }
        }

        return values;
    }

    private static void Round(Span<float> plane, int side, ReadOnlySpan<byte> table, int quality)
    {
        float factor = (quality < 50 ? 5000f / quality : 200 - (2 * quality)) / 100;
        Span<float> steps = stackalloc float[64], block = stackalloc float[64], other = stackalloc float[64];
        for (int i = 0; i < 64; i++)
        {
            steps[i] = Math.Clamp(MathF.Floor((table[i] * factor) + 0.5f), 1, 255);
        }

        for (int top = 0; top < side; top += Block)
        {
            for (int left = 0; left < side; left += Block)
            {
                Span<float> from = plane[((top * side) + left)..];
                Multiply(Cosines, from, side, other, Block); // along columns
                Multiply(other, Turned, Block, block, Block); // along rows
                for (int i = 0; i < 64; i++)
                {
                    block[i] = MathF.Round(block[i] / steps[i]) * steps[i];
                }

                Multiply(Turned, block, Block, other, Block);
                Multiply(other, Cosines, Block, from, side);
            }
        }
    }

    /// <summary>The product of two 8 × 8 matrices; the rows of the second and of the result lie so far apart.</summary>
    private static void Multiply(ReadOnlySpan<float> first, ReadOnlySpan<float> second, int secondStride, Span<float> result, int resultStride)
    {
        Vector256<float> row0 = Row(second, 0), row1 = Row(second, secondStride), row2 = Row(second, 2 * secondStride), row3 = Row(second, 3 * secondStride);
        Vector256<float> row4 = Row(second, 4 * secondStride), row5 = Row(second, 5 * secondStride), row6 = Row(second, 6 * secondStride), row7 = Row(second, 7 * secondStride);
        for (int row = 0; row < Block; row++)
        {
            ReadOnlySpan<float> weights = first.Slice(row * Block, Block);
            Vector256<float> sum = (weights[0] * row0) + (weights[1] * row1) + (weights[2] * row2) + (weights[3] * row3);
            sum += (weights[4] * row4) + (weights[5] * row5) + (weights[6] * row6) + (weights[7] * row7);
            sum.CopyTo(result.Slice(row * resultStride, Block));
        }

        static Vector256<float> Row(ReadOnlySpan<float> matrix, int at) => Vector256.Create(matrix.Slice(at, Block));
    }
}
