using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using ArtSimilarity.Annoy.Nodes;
using ArtSimilarity.ByteCodes;
using ArtSimilarity.IndexFiles;
using ArtSimilarity.Numerics;

namespace ArtSimilarity.Annoy.Searching;

/// <summary>
/// The items as 8-bit numbers, a quarter of their length and aligned to cache lines, each with what its rounding can put a cosine
/// wrong by at most. So most candidates are ruled out without a look at their floats, and never one that is among the nearest.
/// </summary>
internal sealed unsafe class CompactItems
{
    private const int MaxCode = 127;

    /// <summary>What the arithmetic on top of the rounding puts a cosine wrong by at most, many times over.</summary>
    private const float Slack = 1e-5f;

    private const float SmallestMagnitude = 1e-30f, LargestMagnitude = 1e30f;

    public CompactItems(AnnoyNodes nodes, int threads)
    {
        int count = nodes.ItemCount, dimensions = nodes.Format.Dimensions;
        Stride = ByteRows.StrideOf(dimensions);
        Norms = new double[count];
        Scales = new float[count];
        Bounds = new float[count];
        Memory = new NativeIndexMemory(Math.Max(1, (long)count * Stride));
        const int chunk = 256;
        Parallel.For(0, (count + chunk - 1) / chunk, new ParallelOptions { MaxDegreeOfParallelism = threads }, part =>
        {
            float[] scaled = new float[dimensions];
            for (int item = part * chunk; item < Math.Min(count, (part + 1) * chunk); item++)
            {
                if (nodes.IsItem(item))
                {
                    Encode(item, (float*)(nodes.Node(item) + nodes.Format.VectorOffset), scaled);
                }
            }
        });
    }

    public IndexMemory Memory { get; }

    /// <summary>The length of a row of codes: the dimensions, padded with zeros.</summary>
    public int Stride { get; }

    /// <summary>The length of each item, as the exact index has it.</summary>
    public double[] Norms { get; }

    /// <summary>Codes times this are an item scaled to length 1.</summary>
    public float[] Scales { get; }

    /// <summary>How far those are from the item scaled to length 1, at most.</summary>
    public float[] Bounds { get; }

    public sbyte* Codes(int item) => (sbyte*)Memory.Pointer + ((long)item * Stride);

    /// <summary>
    /// Makes 16-bit numbers of a query, so small that no sum of products leaves 32 bits: |x·y| ≤ |x|·|y| holds for every part of it.
    /// </summary>
    /// <param name="query">The query.</param>
    /// <param name="norm">Its length.</param>
    /// <param name="numbers">Receives the numbers, padded.</param>
    /// <returns>The numbers times Scale are the query scaled to length 1; how far from it, at most.</returns>
    public (float Scale, float Bound) EncodeQuery(ReadOnlySpan<float> query, double norm, Span<short> numbers)
    {
        numbers.Clear();
        if (norm == 0)
        {
            return (0, Slack);
        }

        double largest = Math.Abs((double)TensorPrimitives.MaxMagnitude(query)) / norm;
        double longest = (int.MaxValue / 2) / ((MaxCode + 1) * Math.Sqrt(Stride));
        double factor = Math.Min((short.MaxValue - 1) / largest, longest);
        double missed = 0;
        for (int i = 0; i < query.Length; i++)
        {
            double wanted = query[i] / norm * factor;
            numbers[i] = (short)Math.Round(wanted);
            missed += (wanted - numbers[i]) * (wanted - numbers[i]);
        }

        return ((float)(1 / factor), (float)(Math.Sqrt(missed) / factor) + Slack);
    }

    /// <summary>Has the processor fetch a row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Prefetch(byte* row, int bytes)
    {
        if (Sse.IsSupported)
        {
            for (int i = 0; i < bytes; i += 64)
            {
                Sse.Prefetch0(row + i);
            }
        }
    }

    private void Encode(int item, float* vector, float[] scaled)
    {
        var codes = new Span<sbyte>(Codes(item), Stride);
        var numbers = new ReadOnlySpan<float>(vector, scaled.Length);
        codes.Clear();
        double squaredNorm = FixedOrderSum.Dot(numbers, numbers);
        Norms[item] = Math.Sqrt(squaredNorm);
        Bounds[item] = Slack;
        if (!(squaredNorm > 0) || !double.IsFinite(squaredNorm))
        {
            // Of a vector that no build would have taken, nothing is ruled out.
            Bounds[item] = squaredNorm == 0 ? Slack : float.PositiveInfinity;
            return;
        }

        float largest = Math.Abs(TensorPrimitives.MaxMagnitude(numbers));
        if (largest is >= SmallestMagnitude and <= LargestMagnitude)
        {
            TensorPrimitives.Multiply(numbers, MaxCode / largest, scaled);
        }
        else
        {
            for (int i = 0; i < scaled.Length; i++)
            {
                scaled[i] = (float)(numbers[i] * (double)MaxCode / largest);
            }
        }

        double missed = Round(scaled, codes);
        double length = Norms[item] * MaxCode / largest;
        Scales[item] = (float)(1 / length);
        Bounds[item] = (float)(Math.Sqrt(missed) / length) + Slack;
    }

    /// <summary>Rounds to codes, and returns the square of what that misses.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static double Round(ReadOnlySpan<float> numbers, Span<sbyte> codes)
    {
        fixed (float* from = numbers)
        fixed (sbyte* to = codes)
        {
            Vector512<double> missed = Vector512<double>.Zero;
            int i = 0;
            for (; i <= numbers.Length - 16; i += 16)
            {
                Vector512<float> exact = Vector512.Load(from + i), rounded = Vector512.Round(exact);
                Vector512<int> integers = Vector512.ConvertToInt32(rounded);
                Vector256<short> shorts = Vector256.Narrow(integers.GetLower(), integers.GetUpper());
                Vector128.Narrow(shorts.GetLower(), shorts.GetUpper()).Store(to + i);
                (Vector512<double> lower, Vector512<double> upper) = Vector512.Widen(exact - rounded);
                missed += (lower * lower) + (upper * upper);
            }

            double sum = Vector512.Sum(missed);
            for (; i < numbers.Length; i++)
            {
                float rounded = MathF.Round(from[i]);
                to[i] = (sbyte)rounded;
                sum += (from[i] - (double)rounded) * (from[i] - (double)rounded);
            }

            return sum;
        }
    }
}
