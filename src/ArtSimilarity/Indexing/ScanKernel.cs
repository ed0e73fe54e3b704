using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace ArtSimilarity.Indexing;

/// <summary>What a scan sums over the components of two vectors.</summary>
internal interface IScanTerm
{
    static abstract Vector512<float> Add(Vector512<float> sum, Vector512<float> x, Vector512<float> y);

    static abstract Vector256<float> Add(Vector256<float> sum, Vector256<float> x, Vector256<float> y);

    static abstract Vector128<float> Add(Vector128<float> sum, Vector128<float> x, Vector128<float> y);

    static abstract float Add(float sum, float x, float y);
}

/// <summary>Σ x·y.</summary>
internal readonly struct ProductTerm : IScanTerm
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Add(Vector512<float> sum, Vector512<float> x, Vector512<float> y) => Vector512.MultiplyAddEstimate(x, y, sum);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Add(Vector256<float> sum, Vector256<float> x, Vector256<float> y) => Vector256.MultiplyAddEstimate(x, y, sum);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Add(Vector128<float> sum, Vector128<float> x, Vector128<float> y) => Vector128.MultiplyAddEstimate(x, y, sum);

    public static float Add(float sum, float x, float y) => sum + (x * y);
}

/// <summary>Σ (x − y)².</summary>
internal readonly struct SquaredDifferenceTerm : IScanTerm
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Add(Vector512<float> sum, Vector512<float> x, Vector512<float> y) => Vector512.MultiplyAddEstimate(x - y, x - y, sum);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Add(Vector256<float> sum, Vector256<float> x, Vector256<float> y) => Vector256.MultiplyAddEstimate(x - y, x - y, sum);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Add(Vector128<float> sum, Vector128<float> x, Vector128<float> y) => Vector128.MultiplyAddEstimate(x - y, x - y, sum);

    public static float Add(float sum, float x, float y) => sum + ((x - y) * (x - y));
}

/// <summary>
/// Scores queries against rows. A single query reads the rows strictly one after the other: that is as fast as memory can be
/// read, where taking several rows side by side halves the speed. Each kernel exists once per vector width;
/// <see cref="Plain{TTerm}"/> is the loop they are tested against.
/// </summary>
internal static unsafe class ScanKernel
{
    /// <summary>Sums run over this many lanes in parallel: what the rounding error of a score depends on.</summary>
    public static int Lanes => Vector512.IsHardwareAccelerated ? 16 : Vector256.IsHardwareAccelerated ? 8 : 4;

    public static float Plain<TTerm>(float* x, float* y, int dimensions)
        where TTerm : struct, IScanTerm
    {
        float sum = 0;
        for (int i = 0; i < dimensions; i++)
        {
            sum = TTerm.Add(sum, x[i], y[i]);
        }

        return sum;
    }

    /// <summary>One query against one row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static float One<TTerm>(float* x, float* y, int dimensions)
        where TTerm : struct, IScanTerm
    {
        int i = 0;
        float sum;
        if (Vector512.IsHardwareAccelerated)
        {
            Vector512<float> a = default, b = default, c = default, d = default;
            for (; i <= dimensions - 64; i += 64)
            {
                a = TTerm.Add(a, Vector512.Load(x + i), Vector512.Load(y + i));
                b = TTerm.Add(b, Vector512.Load(x + i + 16), Vector512.Load(y + i + 16));
                c = TTerm.Add(c, Vector512.Load(x + i + 32), Vector512.Load(y + i + 32));
                d = TTerm.Add(d, Vector512.Load(x + i + 48), Vector512.Load(y + i + 48));
            }

            for (; i <= dimensions - 16; i += 16)
            {
                a = TTerm.Add(a, Vector512.Load(x + i), Vector512.Load(y + i));
            }

            sum = Vector512.Sum((a + b) + (c + d));
        }
        else if (Vector256.IsHardwareAccelerated)
        {
            Vector256<float> a = default, b = default, c = default, d = default;
            for (; i <= dimensions - 32; i += 32)
            {
                a = TTerm.Add(a, Vector256.Load(x + i), Vector256.Load(y + i));
                b = TTerm.Add(b, Vector256.Load(x + i + 8), Vector256.Load(y + i + 8));
                c = TTerm.Add(c, Vector256.Load(x + i + 16), Vector256.Load(y + i + 16));
                d = TTerm.Add(d, Vector256.Load(x + i + 24), Vector256.Load(y + i + 24));
            }

            for (; i <= dimensions - 8; i += 8)
            {
                a = TTerm.Add(a, Vector256.Load(x + i), Vector256.Load(y + i));
            }

            sum = Vector256.Sum((a + b) + (c + d));
        }
        else
        {
            Vector128<float> a = default, b = default, c = default, d = default;
            for (; i <= dimensions - 16; i += 16)
            {
                a = TTerm.Add(a, Vector128.Load(x + i), Vector128.Load(y + i));
                b = TTerm.Add(b, Vector128.Load(x + i + 4), Vector128.Load(y + i + 4));
                c = TTerm.Add(c, Vector128.Load(x + i + 8), Vector128.Load(y + i + 8));
                d = TTerm.Add(d, Vector128.Load(x + i + 12), Vector128.Load(y + i + 12));
            }

            for (; i <= dimensions - 4; i += 4)
            {
                a = TTerm.Add(a, Vector128.Load(x + i), Vector128.Load(y + i));
            }

            sum = Vector128.Sum((a + b) + (c + d));
        }

        for (; i < dimensions; i++)
        {
            sum = TTerm.Add(sum, x[i], y[i]);
        }

        return sum;
    }

    /// <summary>Four queries against two rows: eight sums for six loads. Scores come as [query × 2 + row].</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void FourByTwo<TTerm>(float* q0, float* q1, float* q2, float* q3, float* r0, float* r1, int dimensions, float* scores)
        where TTerm : struct, IScanTerm
    {
        int i = 0;
        if (Vector512.IsHardwareAccelerated)
        {
            Vector512<float> a00 = default, a01 = default, a10 = default, a11 = default, a20 = default, a21 = default, a30 = default, a31 = default;
            for (; i <= dimensions - 16; i += 16)
            {
                Vector512<float> x0 = Vector512.Load(r0 + i);
                Vector512<float> x1 = Vector512.Load(r1 + i);
                Vector512<float> q = Vector512.Load(q0 + i);
                a00 = TTerm.Add(a00, q, x0);
                a01 = TTerm.Add(a01, q, x1);
                q = Vector512.Load(q1 + i);
                a10 = TTerm.Add(a10, q, x0);
                a11 = TTerm.Add(a11, q, x1);
                q = Vector512.Load(q2 + i);
                a20 = TTerm.Add(a20, q, x0);
                a21 = TTerm.Add(a21, q, x1);
                q = Vector512.Load(q3 + i);
                a30 = TTerm.Add(a30, q, x0);
                a31 = TTerm.Add(a31, q, x1);
            }

            scores[0] = Vector512.Sum(a00);
            scores[1] = Vector512.Sum(a01);
            scores[2] = Vector512.Sum(a10);
            scores[3] = Vector512.Sum(a11);
            scores[4] = Vector512.Sum(a20);
            scores[5] = Vector512.Sum(a21);
            scores[6] = Vector512.Sum(a30);
            scores[7] = Vector512.Sum(a31);
        }
        else
        {
            Vector256<float> a00 = default, a01 = default, a10 = default, a11 = default, a20 = default, a21 = default, a30 = default, a31 = default;
            for (; i <= dimensions - 8; i += 8)
            {
                Vector256<float> x0 = Vector256.Load(r0 + i);
                Vector256<float> x1 = Vector256.Load(r1 + i);
                Vector256<float> q = Vector256.Load(q0 + i);
                a00 = TTerm.Add(a00, q, x0);
                a01 = TTerm.Add(a01, q, x1);
                q = Vector256.Load(q1 + i);
                a10 = TTerm.Add(a10, q, x0);
                a11 = TTerm.Add(a11, q, x1);
                q = Vector256.Load(q2 + i);
                a20 = TTerm.Add(a20, q, x0);
                a21 = TTerm.Add(a21, q, x1);
                q = Vector256.Load(q3 + i);
                a30 = TTerm.Add(a30, q, x0);
                a31 = TTerm.Add(a31, q, x1);
            }

            scores[0] = Vector256.Sum(a00);
            scores[1] = Vector256.Sum(a01);
            scores[2] = Vector256.Sum(a10);
            scores[3] = Vector256.Sum(a11);
            scores[4] = Vector256.Sum(a20);
            scores[5] = Vector256.Sum(a21);
            scores[6] = Vector256.Sum(a30);
            scores[7] = Vector256.Sum(a31);
        }

        for (; i < dimensions; i++)
        {
            float x0 = r0[i];
            float x1 = r1[i];
            scores[0] = TTerm.Add(scores[0], q0[i], x0);
            scores[1] = TTerm.Add(scores[1], q0[i], x1);
            scores[2] = TTerm.Add(scores[2], q1[i], x0);
            scores[3] = TTerm.Add(scores[3], q1[i], x1);
            scores[4] = TTerm.Add(scores[4], q2[i], x0);
            scores[5] = TTerm.Add(scores[5], q2[i], x1);
            scores[6] = TTerm.Add(scores[6], q3[i], x0);
            scores[7] = TTerm.Add(scores[7], q3[i], x1);
        }
    }
}
