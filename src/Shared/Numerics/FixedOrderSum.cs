using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace ArtSimilarity.Numerics;

/// <summary>
/// Sums over two vectors of the same length in double precision: the arithmetic of every exact distance. Sixteen lanes are added in
/// one fixed order, so that every instruction set gives the same bits. (A product of two floats is exact as a double, so it does
/// not matter either whether it is fused into the sum.)
/// </summary>
/// <remarks>
/// Optimised at once: until the runtime finds out that they matter, vectors would be ten times slower. Lengths are not checked
/// here: the caller knows that both are the same.
/// </remarks>
internal static class FixedOrderSum
{
    private const int Lanes = 16;

    /// <summary>Σ x·y.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static double Dot(ReadOnlySpan<float> x, ReadOnlySpan<float> y)
    {
        ref float a = ref MemoryMarshal.GetReference(x);
        ref float b = ref MemoryMarshal.GetReference(y);
        Vector512<double> lower = default, upper = default;
        int i = 0;
        for (; i <= x.Length - Lanes; i += Lanes)
        {
            (Vector512<double> a0, Vector512<double> a1) = Vector512.Widen(Vector512.LoadUnsafe(ref a, (nuint)i));
            (Vector512<double> b0, Vector512<double> b1) = Vector512.Widen(Vector512.LoadUnsafe(ref b, (nuint)i));
            lower += a0 * b0;
            upper += a1 * b1;
        }

        double sum = Sum(lower + upper);
        for (; i < x.Length; i++)
        {
            sum += (double)x[i] * y[i];
        }

        return sum;
    }

    /// <summary>√Σ x².</summary>
    public static double Norm(ReadOnlySpan<float> x) => Math.Sqrt(Dot(x, x));

    /// <summary>Σ x·y and Σ y², in one pass; each has the bits of <see cref="Dot"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static (double Dot, double SquaredNorm) DotAndSquaredNorm(ReadOnlySpan<float> x, ReadOnlySpan<float> y)
    {
        ref float a = ref MemoryMarshal.GetReference(x);
        ref float b = ref MemoryMarshal.GetReference(y);
        Vector512<double> dotLower = default, dotUpper = default, normLower = default, normUpper = default;
        int i = 0;
        for (; i <= x.Length - Lanes; i += Lanes)
        {
            (Vector512<double> a0, Vector512<double> a1) = Vector512.Widen(Vector512.LoadUnsafe(ref a, (nuint)i));
            (Vector512<double> b0, Vector512<double> b1) = Vector512.Widen(Vector512.LoadUnsafe(ref b, (nuint)i));
            dotLower += a0 * b0;
            dotUpper += a1 * b1;
            normLower += b0 * b0;
            normUpper += b1 * b1;
        }

        double dot = Sum(dotLower + dotUpper), squaredNorm = Sum(normLower + normUpper);
        for (; i < x.Length; i++)
        {
            dot += (double)x[i] * y[i];
            squaredNorm += (double)y[i] * y[i];
        }

        return (dot, squaredNorm);
    }

    /// <summary>Σ (x − y)², the differences in double precision.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static double SquaredDifference(ReadOnlySpan<float> x, ReadOnlySpan<float> y)
    {
        ref float a = ref MemoryMarshal.GetReference(x);
        ref float b = ref MemoryMarshal.GetReference(y);
        Vector512<double> lower = default, upper = default;
        int i = 0;
        for (; i <= x.Length - Lanes; i += Lanes)
        {
            (Vector512<double> a0, Vector512<double> a1) = Vector512.Widen(Vector512.LoadUnsafe(ref a, (nuint)i));
            (Vector512<double> b0, Vector512<double> b1) = Vector512.Widen(Vector512.LoadUnsafe(ref b, (nuint)i));
            Vector512<double> d0 = a0 - b0;
            Vector512<double> d1 = a1 - b1;
            lower += d0 * d0;
            upper += d1 * d1;
        }

        double sum = Sum(lower + upper);
        for (; i < x.Length; i++)
        {
            double difference = (double)x[i] - y[i];
            sum += difference * difference;
        }

        return sum;
    }

    /// <summary>Adds the lanes in a fixed order; Vector512.Sum leaves the order to the hardware.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Sum(Vector512<double> lanes)
    {
        Vector256<double> four = lanes.GetLower() + lanes.GetUpper();
        Vector128<double> two = four.GetLower() + four.GetUpper();
        return two[0] + two[1];
    }
}
