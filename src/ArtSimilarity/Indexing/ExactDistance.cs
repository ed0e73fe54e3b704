using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using ArtSimilarity.Metrics;

namespace ArtSimilarity.Indexing;

/// <summary>
/// Distances summed in double precision over eight fixed lanes: the same bits whatever the instruction set. (A product of two
/// floats is exact as a double, so it does not matter either whether it is fused into the sum.)
/// </summary>
internal static class ExactDistance
{
    /// <summary>The distance of two vectors whose lengths are known.</summary>
    public static float Compute(ISimilarityMetric metric, ReadOnlySpan<float> x, double xNorm, ReadOnlySpan<float> y, double yNorm) => metric switch
    {
        AngularMetric => (float)Math.Sqrt(2 * (1 - Cosine(x, xNorm, y, yNorm))),
        CosineMetric => (float)(1 - Cosine(x, xNorm, y, yNorm)),
        EuclideanMetric => (float)Math.Sqrt(SquaredDifference(x, y)),
        InnerProductMetric => (float)-Dot(x, y),
        _ => metric.Distance(x, y),
    };

    public static double Dot(ReadOnlySpan<float> x, ReadOnlySpan<float> y)
    {
        ref float a = ref MemoryMarshal.GetReference(x);
        ref float b = ref MemoryMarshal.GetReference(y);
        Vector512<double> low = default, high = default;
        int i = 0;
        for (; i <= x.Length - Vector512<float>.Count; i += Vector512<float>.Count)
        {
            (Vector512<double> a0, Vector512<double> a1) = Vector512.Widen(Vector512.LoadUnsafe(ref a, (nuint)i));
            (Vector512<double> b0, Vector512<double> b1) = Vector512.Widen(Vector512.LoadUnsafe(ref b, (nuint)i));
            low += a0 * b0;
            high += a1 * b1;
        }

        double sum = Sum(low + high);
        for (; i < x.Length; i++)
        {
            sum += (double)x[i] * y[i];
        }

        return sum;
    }

    public static double Norm(ReadOnlySpan<float> x) => Math.Sqrt(Dot(x, x));

    private static double Cosine(ReadOnlySpan<float> x, double xNorm, ReadOnlySpan<float> y, double yNorm)
    {
        double norms = xNorm * yNorm;
        return norms == 0 ? 0 : Math.Clamp(Dot(x, y) / norms, -1, 1);
    }

    private static double SquaredDifference(ReadOnlySpan<float> x, ReadOnlySpan<float> y)
    {
        ref float a = ref MemoryMarshal.GetReference(x);
        ref float b = ref MemoryMarshal.GetReference(y);
        Vector512<double> low = default, high = default;
        int i = 0;
        for (; i <= x.Length - Vector512<float>.Count; i += Vector512<float>.Count)
        {
            (Vector512<double> a0, Vector512<double> a1) = Vector512.Widen(Vector512.LoadUnsafe(ref a, (nuint)i));
            (Vector512<double> b0, Vector512<double> b1) = Vector512.Widen(Vector512.LoadUnsafe(ref b, (nuint)i));
            Vector512<double> d0 = a0 - b0;
            Vector512<double> d1 = a1 - b1;
            low += d0 * d0;
            high += d1 * d1;
        }

        double sum = Sum(low + high);
        for (; i < x.Length; i++)
        {
            double difference = (double)x[i] - y[i];
            sum += difference * difference;
        }

        return sum;
    }

    /// <summary>Adds the lanes in a fixed order; Vector512.Sum leaves the order to the hardware.</summary>
    private static double Sum(Vector512<double> lanes)
    {
        Vector256<double> four = lanes.GetLower() + lanes.GetUpper();
        return (four[0] + four[2]) + (four[1] + four[3]);
    }
}
