using System.Runtime.InteropServices;
using ArtSimilarity.SignCodes;

namespace ArtSimilarity.Indexing;

/// <summary>
/// One-bit codes of the rows of a flat index, by which a search finds those that need a closer look. They are relative to the mean of
/// the first rows. One thread appends; searches read the rows below the count they have seen.
/// </summary>
internal sealed unsafe class SignCodeRows
{
    /// <summary>With fewer rows than this a look at all of them costs less than the tables for their codes.</summary>
    public const int FewestRows = 128;

    /// <summary>When there are so many times the rows that the centre is the mean of, all are coded anew around a better one.</summary>
    private const int Growth = 8;

    /// <summary>Of a block of codes: an offset, a factor and a deviation per row follow the codes.</summary>
    private const int NumbersPerRow = 3;

    private readonly Rotation _rotation;
    private readonly float[] _centre, _rotatedCentre, _unit;
    private readonly int _centreRows;
    private byte[][] _blocks = [];
    private int _count;

    private SignCodeRows(FlatRows rows, Rotation rotation)
    {
        Vectors = rows.Vectors;
        _rotation = rotation;
        _centre = Pinned(rotation.Width);
        _rotatedCentre = Pinned(rotation.Width);
        _unit = Pinned(rotation.Width);

        // The number of rows alone tells how many, so that it does not matter in which portions they came.
        for (_centreRows = FewestRows; (long)_centreRows * Growth <= rows.Count; _centreRows *= Growth)
        {
        }

        for (int row = 0; row < _centreRows; row++)
        {
            SetUnit(rows, row);
            VectorKernels.AddScaled(Pointer(_centre), Pointer(_unit), 1f / _centreRows, rotation.Width);
        }

        double squares = 0;
        foreach (float number in _centre)
        {
            squares += (double)number * number;
        }

        CentreSquaredNorm = squares;
        _centre.CopyTo(_rotatedCentre, 0);
        rotation.Apply(Pointer(_rotatedCentre));
        Append(rows);
    }

    /// <summary>The vectors whose rows are coded.</summary>
    public VectorSet Vectors { get; }

    /// <summary>How many rows are coded.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>What the codes are relative to, padded to the rotation's width.</summary>
    public float* Centre => Pointer(_centre);

    public double CentreSquaredNorm { get; }

    /// <summary>Codes rows: those that came since, or all of them where that is due.</summary>
    /// <param name="codes">The codes so far; <see langword="null"/> for none.</param>
    /// <param name="rows">All rows.</param>
    /// <param name="rotation">What the codes' bits are the signs of.</param>
    /// <returns>Codes of all rows; <see langword="null"/> where there are too few for that.</returns>
    public static SignCodeRows? Of(SignCodeRows? codes, FlatRows rows, Rotation rotation)
    {
        if (rows.Count < FewestRows)
        {
            return null;
        }

        if (codes is null || codes.Vectors != rows.Vectors || rows.Count >= (long)codes._centreRows * Growth)
        {
            return new SignCodeRows(rows, rotation);
        }

        codes.Append(rows);
        return codes;
    }

    /// <summary>The codes of a block of rows, followed by the offsets, the factors and the deviations of these rows.</summary>
    public byte* Block(int block) => (byte*)Marshal.UnsafeAddrOfPinnedArrayElement(Volatile.Read(ref _blocks)[block], 0);

    private static float[] Pinned(int length) => GC.AllocateArray<float>(length, pinned: true);

    private static float* Pointer(float[] pinned) => (float*)Marshal.UnsafeAddrOfPinnedArrayElement(pinned, 0);

    private void Append(FlatRows rows)
    {
        int bits = _rotation.Width, codesLength = SignBlock.LengthFor(bits);
        for (int row = _count; row < rows.Count; row++)
        {
            int block = row / SignBlock.Rows, place = row % SignBlock.Rows;
            if (block == _blocks.Length)
            {
                byte[] added = GC.AllocateArray<byte>(codesLength + (NumbersPerRow * SignBlock.Rows * sizeof(float)), pinned: true);

                // Places without a row are never the best.
                MemoryMarshal.Cast<byte, float>(added.AsSpan(codesLength))[..SignBlock.Rows].Fill(float.NegativeInfinity);
                Volatile.Write(ref _blocks, [.. _blocks, added]);
            }

            SetUnit(rows, row);
            byte* codes = Block(block);
            SignCode code = SignCode.Write(Pointer(_unit), Centre, Pointer(_rotatedCentre), _rotation, bits, codes, place);
            float* numbers = (float*)(codes + codesLength) + place;
            (numbers[0], numbers[SignBlock.Rows], numbers[2 * SignBlock.Rows]) = (code.Offset, code.Factor, code.Deviation);
        }

        Volatile.Write(ref _count, rows.Count);
    }

    private void SetUnit(FlatRows rows, int row)
    {
        ReadOnlySpan<float> vector = rows.Vectors[row];
        vector.CopyTo(_unit);
        _unit.AsSpan(vector.Length).Clear();
        VectorKernels.Scale(Pointer(_unit), SignCodeScan.InverseNorm(rows.NormOf(row)), _rotation.Width);
    }
}
