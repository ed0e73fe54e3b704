using System.Runtime.InteropServices;
using ArtSimilarity.FastScan.Codes;

namespace ArtSimilarity.FastScan.Updating;

/// <summary>
/// The middle of an index's vectors, which the codes of added ones are relative to: to find each the nearest of thousands of leaves would
/// cost more than coding it.
/// </summary>
internal sealed unsafe class CodeCentre
{
    private readonly float[] _centre, _rotated;

    public CodeCentre(PackedIndex index)
    {
        Rotation = index.Rotation;
        Bits = index.CodeBits;
        _centre = GC.AllocateArray<float>(Rotation.Width, pinned: true);
        _rotated = GC.AllocateArray<float>(Rotation.Width, pinned: true);
        ReadOnlySpan<Leaf> leaves = index.Leaves;
        for (int leaf = 0; leaf < leaves.Length; leaf++)
        {
            sbyte* centroid = index.Centroid(leaf);
            float weight = leaves[leaf].CentroidScale * leaves[leaf].Count / index.Count;
            for (int i = 0; i < index.Stride; i++)
            {
                _centre[i] += centroid[i] * weight;
            }
        }

        double squares = 0;
        foreach (float number in _centre)
        {
            squares += (double)number * number;
        }

        SquaredNorm = squares;
        _centre.CopyTo(_rotated, 0);
        Rotation.Apply(Rotated);
    }

    public Rotation Rotation { get; }

    /// <summary>The length of a code.</summary>
    public int Bits { get; }

    public double SquaredNorm { get; }

    /// <summary>The numbers, padded to the rotation's width.</summary>
    public float* Pointer => (float*)Marshal.UnsafeAddrOfPinnedArrayElement(_centre, 0);

    public float* Rotated => (float*)Marshal.UnsafeAddrOfPinnedArrayElement(_rotated, 0);
}
