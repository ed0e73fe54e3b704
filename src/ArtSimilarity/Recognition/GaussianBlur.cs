using System.Numerics;
using System.Runtime.InteropServices;

namespace ArtSimilarity.Recognition;

/// <summary>Blurs a plane of numbers, row by row and then column by column. Beyond the edge the nearest number goes on.</summary>
internal static class GaussianBlur
{
    public static float[] Apply(float[] plane, int width, int height, double sigma)
    {
        float[] kernel = Kernel(sigma);
        int radius = kernel.Length / 2;
        float[] rows = new float[plane.Length];
        float[] padded = new float[width + (2 * radius) + Vector<float>.Count];
        for (int y = 0; y < height; y++)
        {
            ReadOnlySpan<float> row = plane.AsSpan(y * width, width);
            padded.AsSpan(0, radius).Fill(row[0]);
            row.CopyTo(padded.AsSpan(radius));
            padded.AsSpan(radius + width).Fill(row[^1]);
            Span<float> target = rows.AsSpan(y * width, width);
            int x = 0;
            for (; x <= width - Vector<float>.Count; x += Vector<float>.Count)
            {
                Vector<float> sum = Vector<float>.Zero;
                for (int i = 0; i < kernel.Length; i++)
                {
                    sum += new Vector<float>(padded, x + i) * kernel[i];
                }

                sum.CopyTo(target[x..]);
            }

            for (; x < width; x++)
            {
                float sum = 0;
                for (int i = 0; i < kernel.Length; i++)
                {
                    sum += padded[x + i] * kernel[i];
                }

                target[x] = sum;
            }
        }

        float[] result = new float[plane.Length];
        for (int y = 0; y < height; y++)
        {
            Span<float> target = result.AsSpan(y * width, width);
            for (int i = 0; i < kernel.Length; i++)
            {
                int from = Math.Clamp(y + i - radius, 0, height - 1);
                AddScaled(rows.AsSpan(from * width, width), kernel[i], target);
            }
        }

        return result;
    }

    private static void AddScaled(ReadOnlySpan<float> row, float factor, Span<float> target)
    {
        ReadOnlySpan<Vector<float>> from = MemoryMarshal.Cast<float, Vector<float>>(row);
        Span<Vector<float>> to = MemoryMarshal.Cast<float, Vector<float>>(target);
        for (int i = 0; i < to.Length; i++)
        {
            to[i] += from[i] * factor;
        }

        for (int i = to.Length * Vector<float>.Count; i < target.Length; i++)
        {
            target[i] += row[i] * factor;
        }
    }

    private static float[] Kernel(double sigma)
    {
        int radius = Math.Max(1, (int)Math.Ceiling(3 * sigma));
        double[] weights = new double[(2 * radius) + 1];
        double sum = 0;
        for (int i = 0; i < weights.Length; i++)
        {
            weights[i] = Math.Exp(-(i - radius) * (i - radius) / (2 * sigma * sigma));
            sum += weights[i];
        }

        return Array.ConvertAll(weights, weight => (float)(weight / sum));
    }
}
