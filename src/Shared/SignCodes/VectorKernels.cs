using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace ArtSimilarity.SignCodes;

/// <summary>
/// Sums over rows whose length is a multiple of <see cref="Lanes"/>. Products are added in one fixed order, with separate
/// multiplications and additions, so that every instruction set gives the same bits: the leaves depend on them.
/// </summary>
/// <remarks>Optimised at once: until the runtime finds out that they matter, vectors would be ten times slower.</remarks>
internal static unsafe class VectorKernels
{
    /// <summary>Rows are padded with zeros to a multiple of this many floats, 64 bytes.</summary>
    public const int Lanes = 16;

    /// <summary>The length of a padded row.</summary>
    public static int StrideOf(int dimensions) => (dimensions + Lanes - 1) / Lanes * Lanes;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static float Dot(float* x, float* y, int stride)
    {
        Vector512<float> sum0 = Vector512<float>.Zero, sum1 = sum0, sum2 = sum0, sum3 = sum0;
        int i = 0;
        for (; i <= stride - (4 * Lanes); i += 4 * Lanes)
        {
            sum0 += Vector512.Load(x + i) * Vector512.Load(y + i);
            sum1 += Vector512.Load(x + i + Lanes) * Vector512.Load(y + i + Lanes);
            sum2 += Vector512.Load(x + i + (2 * Lanes)) * Vector512.Load(y + i + (2 * Lanes));
            sum3 += Vector512.Load(x + i + (3 * Lanes)) * Vector512.Load(y + i + (3 * Lanes));
        }

        for (; i < stride; i += Lanes)
        {
            sum0 += Vector512.Load(x + i) * Vector512.Load(y + i);
        }

        return Sum((sum0 + sum1) + (sum2 + sum3));
    }

    /// <summary>sum += x · scale.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddScaled(float* sum, float* x, float scale, int stride)
    {
        Vector512<float> factor = Vector512.Create(scale);
        for (int i = 0; i < stride; i += Lanes)
        {
            (Vector512.Load(sum + i) + (Vector512.Load(x + i) * factor)).Store(sum + i);
        }
    }

    /// <summary>x *= scale.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Scale(float* x, float scale, int stride)
    {
        Vector512<float> factor = Vector512.Create(scale);
        for (int i = 0; i < stride; i += Lanes)
        {
            (Vector512.Load(x + i) * factor).Store(x + i);
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
