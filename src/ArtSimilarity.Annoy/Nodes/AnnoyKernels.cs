using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using ArtSimilarity.Numerics;

namespace ArtSimilarity.Annoy.Nodes;

/// <summary>
/// Annoy's own sums over vectors of any length. Terms are added in one fixed order, by separate multiplications and additions, so that
/// every instruction set gives the same bits: the trees of a written file depend on them. Exact answers are summed by <see cref="FixedOrderSum"/>.
/// </summary>
internal static unsafe class AnnoyKernels
{
    private const int Lanes = 16;

    /// <summary>The squared length of x − y, the differences in single precision unless one of them is beyond it.</summary>
    public static double SquaredDifference(float* x, float* y, int length)
    {
        Vector512<double> lower = Vector512<double>.Zero, upper = lower;
        int i = 0;
        for (; i <= length - Lanes; i += Lanes)
        {
            (Vector512<double> differenceLower, Vector512<double> differenceUpper) = Vector512.Widen(Vector512.Load(x + i) - Vector512.Load(y + i));
            lower += differenceLower * differenceLower;
            upper += differenceUpper * differenceUpper;
        }

        double sum = FixedOrderSum.Sum(lower + upper);
        for (; i < length; i++)
        {
            double difference = x[i] - y[i];
            sum += difference * difference;
        }

        if (double.IsPositiveInfinity(sum))
        {
            sum = 0;
            for (i = 0; i < length; i++)
            {
                double difference = (double)x[i] - y[i];
                sum += difference * difference;
            }
        }

        return sum;
    }

    /// <summary>The sum of |x − y|, the differences in single precision unless one of them is beyond it.</summary>
    public static double AbsoluteDifference(float* x, float* y, int length)
    {
        Vector512<double> lower = Vector512<double>.Zero, upper = lower;
        int i = 0;
        for (; i <= length - Lanes; i += Lanes)
        {
            (Vector512<double> differenceLower, Vector512<double> differenceUpper) = Vector512.Widen(Vector512.Abs(Vector512.Load(x + i) - Vector512.Load(y + i)));
            lower += differenceLower;
            upper += differenceUpper;
        }

        double sum = FixedOrderSum.Sum(lower + upper);
        for (; i < length; i++)
        {
            sum += Math.Abs(x[i] - y[i]);
        }

        if (double.IsPositiveInfinity(sum))
        {
            sum = 0;
            for (i = 0; i < length; i++)
            {
                sum += Math.Abs((double)x[i] - y[i]);
            }
        }

        return sum;
    }

    /// <summary>x·y in single precision, fast, for choosing sides.</summary>
    public static float FastDot(ReadOnlySpan<float> x, ReadOnlySpan<float> y)
    {
        fixed (float* px = x, py = y)
        {
            Vector512<float> sum0 = Vector512<float>.Zero, sum1 = sum0;
            int i = 0;
            for (; i <= x.Length - (2 * Lanes); i += 2 * Lanes)
            {
                sum0 += Vector512.Load(px + i) * Vector512.Load(py + i);
                sum1 += Vector512.Load(px + i + Lanes) * Vector512.Load(py + i + Lanes);
            }

            for (; i <= x.Length - Lanes; i += Lanes)
            {
                sum0 += Vector512.Load(px + i) * Vector512.Load(py + i);
            }

            float sum = Sum(sum0 + sum1);
            for (; i < x.Length; i++)
            {
                sum += px[i] * py[i];
            }

            return sum;
        }
    }

    /// <summary>x·y in single precision, as fast as the processor can: its last bits depend on the instruction set, and may decide nothing.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static float FusedDot(float* x, float* y, int length)
    {
        Vector512<float> sum0 = Vector512<float>.Zero, sum1 = sum0, sum2 = sum0, sum3 = sum0;
        int i = 0;
        for (; i <= length - (4 * Lanes); i += 4 * Lanes)
        {
            sum0 = Vector512.MultiplyAddEstimate(Vector512.Load(x + i), Vector512.Load(y + i), sum0);
            sum1 = Vector512.MultiplyAddEstimate(Vector512.Load(x + i + Lanes), Vector512.Load(y + i + Lanes), sum1);
            sum2 = Vector512.MultiplyAddEstimate(Vector512.Load(x + i + (2 * Lanes)), Vector512.Load(y + i + (2 * Lanes)), sum2);
            sum3 = Vector512.MultiplyAddEstimate(Vector512.Load(x + i + (3 * Lanes)), Vector512.Load(y + i + (3 * Lanes)), sum3);
        }

        for (; i <= length - Lanes; i += Lanes)
        {
            sum0 = Vector512.MultiplyAddEstimate(Vector512.Load(x + i), Vector512.Load(y + i), sum0);
        }

        float sum = Sum((sum0 + sum1) + (sum2 + sum3));
        for (; i < length; i++)
        {
            sum += x[i] * y[i];
        }

        return sum;
    }

    /// <summary>The mean of a centroid of some vectors and one vector more, which is scaled first.</summary>
    public static void AddToMean(Span<float> mean, int count, ReadOnlySpan<float> vector, float scale)
    {
        float share = 1f / (count + 1);
        float oldFactor = count * share, newFactor = scale * share;
        fixed (float* to = mean, from = vector)
        {
            int i = 0;
            for (; i <= mean.Length - Lanes; i += Lanes)
            {
                ((Vector512.Load(to + i) * oldFactor) + (Vector512.Load(from + i) * newFactor)).Store(to + i);
            }

            for (; i < mean.Length; i++)
            {
                to[i] = (to[i] * oldFactor) + (from[i] * newFactor);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Sum(Vector512<float> lanes)
    {
        Vector256<float> eight = lanes.GetLower() + lanes.GetUpper();
        Vector128<float> four = eight.GetLower() + eight.GetUpper();
        return (four[0] + four[2]) + (four[1] + four[3]);
    }
}
