using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using ArtSimilarity.ByteCodes;
using ArtSimilarity.Numerics;
using ArtSimilarity.SignCodes;

namespace ArtSimilarity.FastScan.Codes;

/// <summary>
/// Vectors as 24-bit integers, scaled so that the largest number of each is 2²³ − 1: an angle does not depend on the scale,
/// and the rounding is as small as that of single precision. The upper 8 bits and the lower 16 lie apart, so that a first
/// look at many rows reads a quarter of what the floats take.
/// </summary>
internal static unsafe class FixedPoint
{
    private const int Max = (1 << 23) - 1;

    /// <summary>Encodes a vector.</summary>
    /// <param name="vector">Finite numbers.</param>
    /// <param name="dimensions">How many.</param>
    /// <param name="upper">Receives the upper 8 bits of each, signed, padded.</param>
    /// <param name="lower">Receives the lower 16 bits of each, padded.</param>
    /// <returns>1 over the length of the vector of integers, 0 for a zero vector.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static double Encode(float* vector, int dimensions, sbyte* upper, ushort* lower)
    {
        int stride = ByteRows.StrideOf(dimensions);
        new Span<sbyte>(upper, stride).Clear();
        new Span<ushort>(lower, stride).Clear();
        float largest = 0;
        for (int i = 0; i < dimensions; i++)
        {
            largest = Math.Max(largest, Math.Abs(vector[i]));
        }

        if (largest == 0)
        {
            return 0;
        }

        double factor = Max / (double)largest;
        double squares = 0;
        for (int i = 0; i < dimensions; i++)
        {
            int value = (int)Math.Round(vector[i] * factor);
            upper[i] = (sbyte)(value >> 16);
            lower[i] = (ushort)value;
            squares += (double)value * value;
        }

        return 1 / Math.Sqrt(squares);
    }

    /// <summary>Decodes the integers as floats, which hold them exactly.</summary>
    public static void Decode(sbyte* upper, ushort* lower, int dimensions, Span<float> vector)
    {
        for (int i = 0; i < dimensions; i++)
        {
            vector[i] = (upper[i] << 16) | lower[i];
        }
    }

    /// <summary>
    /// The largest number a query may hold, in 16 bits and so that their dot product stays within 32: 2⁷ · limit · stride &lt; 2³¹.
    /// </summary>
    public static int QueryLimit(int stride) => Math.Min(short.MaxValue, Math.Max(1, (1 << 24) / stride - 1));

    /// <summary>Σ value · query over the 24-bit integers, in a fixed order. The query's numbers are those of a vector of floats.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static double Dot(sbyte* upper, ushort* lower, double* query, int stride)
    {
        // A product of two 24-bit numbers is exact in double precision: fused or not, the sum is the same.
        Vector512<double> sum0 = Vector512<double>.Zero, sum1 = sum0, sum2 = sum0, sum3 = sum0;
        for (int i = 0; i < stride; i += 32)
        {
            (Vector512<double> v0, Vector512<double> v1) = Values(upper + i, lower + i);
            (Vector512<double> v2, Vector512<double> v3) = Values(upper + i + 16, lower + i + 16);
            sum0 = MultiplyAdd(v0, Vector512.Load(query + i), sum0);
            sum1 = MultiplyAdd(v1, Vector512.Load(query + i + 8), sum1);
            sum2 = MultiplyAdd(v2, Vector512.Load(query + i + 16), sum2);
            sum3 = MultiplyAdd(v3, Vector512.Load(query + i + 24), sum3);
        }

        return FixedOrderSum.Sum((sum0 + sum1) + (sum2 + sum3));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<double> MultiplyAdd(Vector512<double> x, Vector512<double> y, Vector512<double> sum) =>
        Avx512F.IsSupported || Fma.IsSupported ? Vector512.FusedMultiplyAdd(x, y, sum) : (x * y) + sum;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector512<double> First, Vector512<double> Second) Values(sbyte* upper, ushort* lower)
    {
        if (Avx512F.IsSupported)
        {
            Vector512<int> values = (Avx512F.ConvertToVector512Int32(Vector128.Load(upper)) << 16) | Avx512F.ConvertToVector512Int32(Vector256.Load(lower));
            return (Avx512F.ConvertToVector512Double(values.GetLower()), Avx512F.ConvertToVector512Double(values.GetUpper()));
        }

        (Vector128<short> u0, Vector128<short> u1) = Vector128.Widen(Vector128.Load(upper));
        (Vector256<int> h0, Vector256<int> h1) = Vector256.Widen(Vector256.Create(u0, u1));
        (Vector256<uint> l0, Vector256<uint> l1) = Vector256.Widen(Vector256.Load(lower));

        // Single precision holds 24 bits.
        Vector512<float> all = Vector512.ConvertToSingle((Vector512.Create(h0, h1) << 16) | Vector512.Create(l0, l1).AsInt32());
        return Vector512.Widen(all);
    }
}
