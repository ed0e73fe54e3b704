using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using ArtSimilarity.Numerics;

namespace ArtSimilarity.Indexing;

/// <summary>
/// An append-only list of vectors and their ids. Rows lie in blocks of some megabytes, so that it grows without copying and
/// may exceed the size of one array.
/// </summary>
/// <remarks>
/// One thread may append while others read the rows below a <see cref="Count"/> they have seen. Ids are not checked for
/// duplicates here.
/// </remarks>
public sealed class VectorSet
{
    /// <summary>Squared norms must stay below this, so that no kernel overflows while it sums.</summary>
    private const double MaxSquaredNorm = float.MaxValue / 16;

    private readonly int _rowsPerBlock;
    private readonly int _blockShift;
    private Block[] _blocks = [];
    private int[] _ids = [];
    private int _count;

    /// <summary>Creates an empty set.</summary>
    /// <param name="dimensions">The length of every vector, at least 1.</param>
    public VectorSet(int dimensions)
        : this(dimensions, int.MaxValue)
    {
    }

    /// <summary>Creates an empty set for few vectors, which takes little memory. It may still grow to any size, but searches of it are slower then.</summary>
    /// <param name="dimensions">The length of every vector, at least 1.</param>
    /// <param name="expectedCount">How many vectors are expected, at least 1.</param>
    public VectorSet(int dimensions, int expectedCount)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(dimensions, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(expectedCount, 1);
        Dimensions = dimensions;

        // A power of two of rows, 4 MB at most: the row's block is then a shift away.
        int mostRows = 1 << (int)Math.Log2(Math.Max(1, (1 << 20) / dimensions));
        _rowsPerBlock = (int)Math.Min((uint)mostRows, BitOperations.RoundUpToPowerOf2((uint)expectedCount));
        _blockShift = BitOperations.Log2((uint)_rowsPerBlock);
    }

    private VectorSet(VectorSet whole, int count)
    {
        Dimensions = whole.Dimensions;
        _blockShift = whole._blockShift;
        _rowsPerBlock = whole._rowsPerBlock;
        _blocks = Volatile.Read(ref whole._blocks);
        _ids = Volatile.Read(ref whole._ids);
        _count = count;
    }

    /// <summary>The number of vectors.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>The length of every vector.</summary>
    public int Dimensions { get; }

    /// <summary>The number of rows that lie one behind the other in memory; a power of two.</summary>
    internal int RowsPerBlock => _rowsPerBlock;

    /// <summary>The ids, in the order of the rows.</summary>
    public ReadOnlySpan<int> Ids
    {
        get
        {
            int count = Count; // before the array, which is replaced before the count grows
            return Volatile.Read(ref _ids).AsSpan(0, count);
        }
    }

    /// <summary>The vector in a row.</summary>
    /// <param name="row">The row, from 0 to below <see cref="Count"/>.</param>
    /// <returns>Its <see cref="Dimensions"/> numbers.</returns>
    public ReadOnlySpan<float> this[int row]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)row, (uint)Count, nameof(row));
            return _blocks[row >> _blockShift].Slice((row & (_rowsPerBlock - 1)) * Dimensions, Dimensions);
        }
    }

    /// <summary>Appends vectors: all of them or, on an exception, none.</summary>
    /// <param name="ids">One id per vector, 0 or above.</param>
    /// <param name="vectors">One vector after the other: <c>ids.Length × Dimensions</c> numbers.</param>
    /// <exception cref="ArgumentException">A length does not fit, an id is negative, or a number is not finite or too large to square.</exception>
    public void Add(ReadOnlySpan<int> ids, ReadOnlySpan<float> vectors)
    {
        if ((long)ids.Length * Dimensions != vectors.Length)
        {
            throw new ArgumentException($"{ids.Length} ids need {(long)ids.Length * Dimensions} numbers ({Dimensions} each), not {vectors.Length}.", nameof(vectors));
        }

        for (int i = 0; i < ids.Length; i++)
        {
            if (ids[i] < 0)
            {
                throw new ArgumentException($"Id {ids[i]} is negative.", nameof(ids));
            }

            ThrowIfUnusable(vectors.Slice(i * Dimensions, Dimensions), Dimensions, nameof(vectors));
        }

        int count = _count;
        if (count + (long)ids.Length > Array.MaxLength)
        {
            throw new ArgumentException($"A set holds at most {Array.MaxLength} vectors.", nameof(ids));
        }

        if (count + ids.Length > _ids.Length)
        {
            int[] grown = new int[(int)Math.Min(Array.MaxLength, Math.Max(count + (long)ids.Length, _ids.Length * 2L))];
            _ids.AsSpan(0, count).CopyTo(grown);
            Volatile.Write(ref _ids, grown);
        }

        ids.CopyTo(_ids.AsSpan(count));
        for (int i = 0; i < ids.Length; i++)
        {
            int row = count + i;
            int block = row >> _blockShift;
            if (block == _blocks.Length)
            {
                AppendBlock();
            }

            vectors.Slice(i * Dimensions, Dimensions).CopyTo(_blocks[block].Slice((row & (_rowsPerBlock - 1)) * Dimensions, Dimensions));
        }

        Volatile.Write(ref _count, count + ids.Length);
    }

    /// <summary>Refuses a vector that cannot be compared: what every index does with a query.</summary>
    /// <param name="vector">The vector.</param>
    /// <param name="dimensions">The length it must have.</param>
    /// <param name="parameterName">The name that the exception gives the vector.</param>
    /// <exception cref="ArgumentException">It has another length, or a number that is not finite or too large to square.</exception>
    public static void ThrowIfUnusable(ReadOnlySpan<float> vector, int dimensions, string parameterName)
    {
        if (vector.Length != dimensions)
        {
            throw new ArgumentException($"The vector has {vector.Length} dimensions, not {dimensions}.", parameterName);
        }

        // NaN and infinity both end up in the sum, so one vectorised pass tells whether a closer look is needed.
        float sum = TensorPrimitives.SumOfSquares(vector);
        if (sum < MaxSquaredNorm)
        {
            return;
        }

        for (int i = 0; i < vector.Length; i++)
        {
            if (!float.IsFinite(vector[i]))
            {
                throw new ArgumentException($"Component {i} of the vector is {vector[i]}: all numbers must be finite.", parameterName);
            }
        }

        throw new ArgumentException($"The vector's norm {FixedOrderSum.Norm(vector):g3} is too large (its square must stay below {MaxSquaredNorm:g3}).", parameterName);
    }

    /// <summary>The first rows as a set of their own that later appends do not reach; the memory is shared, so nothing may be appended to it.</summary>
    internal VectorSet Prefix(int count) => new(this, count);

    /// <summary>The contiguous rows of a block, <c>rows × Dimensions</c> numbers.</summary>
    internal ReadOnlySpan<float> RowsOfBlock(int block, int rows) => _blocks[block].Slice(0, rows * Dimensions);

    private void AppendBlock()
    {
        Block[] grown = new Block[_blocks.Length + 1];
        _blocks.CopyTo(grown, 0);
        grown[^1] = new Block(_rowsPerBlock * Dimensions);
        Volatile.Write(ref _blocks, grown);
    }

    /// <summary>
    /// Numbers that begin at a cache line, so that a 64-byte load of a row whose length is a multiple of 16 never straddles two of
    /// them. Pinned, since the collector could otherwise move the array off its line.
    /// </summary>
    private readonly struct Block
    {
        private const int LineBytes = 64;
        private readonly float[] _numbers;
        private readonly int _first;

        public unsafe Block(int length)
        {
            _numbers = GC.AllocateUninitializedArray<float>(length + (LineBytes / sizeof(float)), pinned: true);
            nuint address = (nuint)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(_numbers));
            _first = (int)((LineBytes - (address % LineBytes)) % LineBytes / sizeof(float));
        }

        public Span<float> Slice(int start, int length) => _numbers.AsSpan(_first + start, length);
    }
}
