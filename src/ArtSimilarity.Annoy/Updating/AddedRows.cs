using System.Runtime.InteropServices;
using ArtSimilarity.Annoy.Codes;

namespace ArtSimilarity.Annoy.Updating;

/// <summary>
/// The vectors added since the index was built, in the order they came. One thread appends at a time, under the index's
/// lock; searches read the rows below the count they were published with.
/// </summary>
internal sealed unsafe class AddedRows(int dimensions)
{
    private const int BlockBytes = 1 << 16;

    private readonly int _rowsPerBlock = Math.Max(1, BlockBytes / (FixedPoint.StrideOf(dimensions) * sizeof(float)));
    private float[][] _blocks = [];
    private int[] _ids = [];
    private float[] _inverseNorms = [];

    public int Count { get; private set; }

    /// <summary>The length of a padded row.</summary>
    public int Stride { get; } = FixedPoint.StrideOf(dimensions);

    public int Id(int row) => Volatile.Read(ref _ids)[row];

    public float InverseNorm(int row) => Volatile.Read(ref _inverseNorms)[row];

    /// <summary>A padded row; the blocks are pinned, so the pointer is valid as long as this object is.</summary>
    public float* Vector(int row)
    {
        float[] block = Volatile.Read(ref _blocks)[row / _rowsPerBlock];
        return (float*)Marshal.UnsafeAddrOfPinnedArrayElement(block, row % _rowsPerBlock * Stride);
    }

    /// <exception cref="ArgumentException">The vector has another length, or a number that is not finite or too large to square; nothing is appended.</exception>
    public void Append(int id, ReadOnlySpan<float> vector)
    {
        if (Count == _ids.Length)
        {
            int capacity = Math.Max(16, 2 * Count);
            int[] ids = new int[capacity];
            float[] inverseNorms = new float[capacity];
            _ids.CopyTo(ids, 0);
            _inverseNorms.CopyTo(inverseNorms, 0);
            Volatile.Write(ref _ids, ids);
            Volatile.Write(ref _inverseNorms, inverseNorms);
        }

        if (Count / _rowsPerBlock == _blocks.Length)
        {
            Volatile.Write(ref _blocks, [.. _blocks, GC.AllocateUninitializedArray<float>(_rowsPerBlock * Stride, pinned: true)]);
        }

        double squaredNorm = AngularDistance.CopyToRow(vector, dimensions, Vector(Count), Stride, "vectors");
        _ids[Count] = id;
        _inverseNorms[Count] = AngularDistance.InverseNorm(squaredNorm);
        Count++;
    }

    /// <summary>Takes back what was appended beyond a count and not published.</summary>
    public void Truncate(int count) => Count = count;
}
