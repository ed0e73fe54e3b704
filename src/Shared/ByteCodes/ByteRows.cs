using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace ArtSimilarity.ByteCodes;

/// <summary>Vectors as rows of signed 8-bit codes, and their products with 16-bit queries.</summary>
internal static unsafe class ByteRows
{
    /// <summary>Rows are padded with zeros to a multiple of this many codes: a cache line.</summary>
    private const int Lanes = 64;

    /// <summary>The length of a padded row.</summary>
    public static int StrideOf(int dimensions) => (int)(((long)dimensions + Lanes - 1) / Lanes * Lanes);

    /// <summary>Σ codes · numbers over a padded row. The numbers must be so small that no lane overflows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Dot(sbyte* codes, short* numbers, int stride)
    {
        if (Avx512BW.IsSupported)
        {
            Vector512<int> sum = Vector512<int>.Zero, other = sum;
            for (int i = 0; i < stride; i += 64)
            {
                sum += Avx512BW.MultiplyAddAdjacent(Avx512BW.ConvertToVector512Int16(Vector256.Load(codes + i)), Vector512.Load(numbers + i));
                other += Avx512BW.MultiplyAddAdjacent(Avx512BW.ConvertToVector512Int16(Vector256.Load(codes + i + 32)), Vector512.Load(numbers + i + 32));
            }

            return Vector512.Sum(sum + other);
        }

        if (Avx2.IsSupported)
        {
            Vector256<int> sum = Vector256<int>.Zero, other = sum;
            for (int i = 0; i < stride; i += 32)
            {
                sum += Avx2.MultiplyAddAdjacent(Avx2.ConvertToVector256Int16(Vector128.Load(codes + i)), Vector256.Load(numbers + i));
                other += Avx2.MultiplyAddAdjacent(Avx2.ConvertToVector256Int16(Vector128.Load(codes + i + 16)), Vector256.Load(numbers + i + 16));
            }

            return Vector256.Sum(sum + other);
        }

        return Vector128.IsHardwareAccelerated ? Dot128(codes, numbers, stride) : DotScalar(codes, numbers, stride);
    }

    /// <summary>The plain meaning of <see cref="Dot"/>: the oracle of its tests.</summary>
    internal static int DotScalar(sbyte* codes, short* numbers, int stride)
    {
        int sum = 0;
        for (int i = 0; i < stride; i++)
        {
            sum += codes[i] * numbers[i];
        }

        return sum;
    }

    private static int Dot128(sbyte* codes, short* numbers, int stride)
    {
        Vector128<int> sum = Vector128<int>.Zero;
        for (int i = 0; i < stride; i += 16)
        {
            Vector128<sbyte> bytes = Vector128.Load(codes + i);
            (Vector128<short> first, Vector128<short> second) = Vector128.Widen(bytes);
            (Vector128<int> a, Vector128<int> b) = Vector128.Widen(first);
            (Vector128<int> c, Vector128<int> d) = Vector128.Widen(second);
            (Vector128<int> qa, Vector128<int> qb) = Vector128.Widen(Vector128.Load(numbers + i));
            (Vector128<int> qc, Vector128<int> qd) = Vector128.Widen(Vector128.Load(numbers + i + 8));
            sum += (a * qa) + (b * qb) + (c * qc) + (d * qd);
        }

        return Vector128.Sum(sum);
    }
}
