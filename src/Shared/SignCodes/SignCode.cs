using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using ArtSimilarity.Numerics;

namespace ArtSimilarity.SignCodes;

/// <summary>What is kept of a vector beside its sign code.</summary>
/// <param name="Offset">⟨x, q⟩ ≈ ⟨c, q⟩ + offset + factor · ⟨s, q⟩.</param>
/// <param name="Factor">See <paramref name="Offset"/>.</param>
/// <param name="Deviation">
/// The standard deviation of that estimate for a query whose distance from the centroid, |q − c|, is 1; it grows with that distance.
/// </param>
internal readonly unsafe record struct SignCode(float Offset, float Factor, float Deviation)
{
    /// <summary>
    /// Codes what separates a vector x from its centroid c by the signs s of the rotated difference r (RaBitQ, Gao and Long
    /// 2024). For a query q, ⟨r, q − c⟩ is estimated by ⟨s, q − c⟩ · |r|² ÷ Σ|rᵢ|, so that
    /// ⟨x, q⟩ ≈ ⟨c, q⟩ + offset + factor · ⟨s, q⟩: one table for a query serves all leaves.
    /// </summary>
    /// <param name="unit">The vector, scaled to length 1 and padded to the rotation's width; overwritten.</param>
    /// <param name="centroid">The centroid, padded likewise.</param>
    /// <param name="rotatedCentroid">The same, rotated.</param>
    /// <param name="rotation">The rotation.</param>
    /// <param name="bits">The length of a code.</param>
    /// <param name="codes">The block of codes to write to.</param>
    /// <param name="row">The row of the block.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static SignCode Write(float* unit, float* centroid, float* rotatedCentroid, Rotation rotation, int bits, byte* codes, int row)
    {
        Vector512<double> toCentroid = Vector512<double>.Zero, squares = toCentroid, absolute = toCentroid, signedCentroid = toCentroid;
        for (int i = 0; i < rotation.Width; i += VectorKernels.Lanes)
        {
            Vector512<float> difference = Vector512.Load(unit + i) - Vector512.Load(centroid + i);
            difference.Store(unit + i);
            (Vector512<double> d0, Vector512<double> d1) = Vector512.Widen(difference);
            (Vector512<double> c0, Vector512<double> c1) = Vector512.Widen(Vector512.Load(centroid + i));
            toCentroid += (d0 * c0) + (d1 * c1);
            squares += (d0 * d0) + (d1 * d1);
        }

        rotation.Apply(unit);
        byte* lane = codes + SignBlock.Lane(row);
        for (int i = 0; i < bits; i += VectorKernels.Lanes)
        {
            Vector512<float> rotated = Vector512.Load(unit + i);
            ulong positive = ~rotated.ExtractMostSignificantBits();
            lane[i / 8 * SignBlock.Rows] = (byte)positive;
            lane[((i / 8) + 1) * SignBlock.Rows] = (byte)(positive >> 8);
            (Vector512<double> a0, Vector512<double> a1) = Vector512.Widen(Vector512.Abs(rotated));
            absolute += a0 + a1;
            Vector512<int> sign = rotated.AsInt32() & Vector512.Create(int.MinValue);
            (Vector512<double> s0, Vector512<double> s1) = Vector512.Widen((Vector512.Load(rotatedCentroid + i).AsInt32() ^ sign).AsSingle());
            signedCentroid += s0 + s1;
        }

        double total = FixedOrderSum.Sum(absolute), squaredLength = FixedOrderSum.Sum(squares);
        double factor = total > 0 ? squaredLength / total : 0;

        // The cosine between the difference and its signs tells how much of it they catch (theorem 3.2 of the same).
        double cosine = squaredLength > 0 ? Math.Min(1, total / Math.Sqrt(bits * squaredLength)) : 1;
        double deviation = Math.Sqrt(squaredLength * ((1 / (cosine * cosine)) - 1) / (bits - 1));
        return new SignCode((float)(FixedOrderSum.Sum(toCentroid) - (factor * FixedOrderSum.Sum(signedCentroid))), (float)factor, (float)deviation);
    }
}
