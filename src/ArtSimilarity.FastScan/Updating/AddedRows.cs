using System.Runtime.InteropServices;
using ArtSimilarity.FastScan.Codes;

namespace ArtSimilarity.FastScan.Updating;

/// <summary>
/// The vectors added since the index was built, in the order they came. One thread appends at a time, under the index's
/// lock; searches read the rows below the count they were published with.
/// </summary>
/// <param name="dimensions">The length of a vector.</param>
/// <param name="centre">What the rows' codes are relative to; asked for when the first row comes.</param>
internal sealed unsafe class AddedRows(int dimensions, Lazy<CodeCentre> centre)
{
    /// <summary>Of a block of codes: an offset, a factor and a deviation per row follow the codes.</summary>
    private const int NumbersPerRow = 3;

    private const int BlockBytes = 1 << 16;

    private readonly int _rowsPerBlock = Math.Max(1, BlockBytes / (FixedPoint.StrideOf(dimensions) * sizeof(float)));
    private float[][] _blocks = [];
    private byte[][] _codes = [];
    private float[] _unit = [];
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

    public CodeCentre Centre => centre.Value;

    /// <summary>A block of codes, as in the index, followed by an offset, a factor and a deviation for each row of it.</summary>
    public byte* Codes(int block) => (byte*)Marshal.UnsafeAddrOfPinnedArrayElement(Volatile.Read(ref _codes)[block], 0);

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
        Encode(Count);
        Count++;
    }

    /// <summary>Takes back what was appended beyond a count and not published.</summary>
    public void Truncate(int count) => Count = count;

    private void Encode(int row)
    {
        CodeCentre around = centre.Value;
        int codesLength = SignBlock.LengthFor(around.Bits), block = row / SignBlock.Rows, place = row % SignBlock.Rows;
        if (block == _codes.Length)
        {
            byte[] added = GC.AllocateArray<byte>(codesLength + (NumbersPerRow * SignBlock.Rows * sizeof(float)), pinned: true);

            // Places without a row are never the best.
            MemoryMarshal.Cast<byte, float>(added.AsSpan(codesLength))[..SignBlock.Rows].Fill(float.NegativeInfinity);
            Volatile.Write(ref _codes, [.. _codes, added]);
        }

        if (_unit.Length == 0)
        {
            _unit = GC.AllocateArray<float>(around.Rotation.Width, pinned: true);
        }

        float* unit = (float*)Marshal.UnsafeAddrOfPinnedArrayElement(_unit, 0);
        new ReadOnlySpan<float>(Vector(row), Stride).CopyTo(_unit);
        _unit.AsSpan(Stride).Clear();
        VectorKernels.Scale(unit, _inverseNorms[row], Stride);
        byte* codes = Codes(block);
        SignCode code = SignCode.Write(unit, around.Pointer, around.Rotated, around.Rotation, around.Bits, codes, place);
        float* numbers = (float*)(codes + codesLength) + place;
        (numbers[0], numbers[SignBlock.Rows], numbers[2 * SignBlock.Rows]) = (code.Offset, code.Factor, code.Deviation);
    }
}
