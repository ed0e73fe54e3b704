using System.Runtime.InteropServices;
using ArtSimilarity.FastScan.Codes;
using ArtSimilarity.FastScan.Files;
using ArtSimilarity.SignCodes;

namespace ArtSimilarity.FastScan.Searching;

/// <summary>What one search needs, kept for the next one.</summary>
internal sealed unsafe class SearchScratch
{
    private readonly PackedIndex _index;
    private readonly float[] _query;
    private readonly double[] _doubleQuery;
    private readonly float[] _unitQuery;
    private readonly float[] _rotatedQuery;
    private readonly short[] _shortQuery;
    private float[] _leafScores = [];
    private bool[] _flags = [];
    private int[] _rows = [];
    private ulong[] _keys = [];
    private bool _hasTables;

    public SearchScratch(PackedIndex index)
    {
        _index = index;
        int stride = index.Stride;

        // Pinned, so that pointers into them stay valid.
        Query = Pinned(out _query, stride);
        DoubleQuery = Pinned(out _doubleQuery, stride);
        UnitQuery = Pinned(out _unitQuery, stride);
        RotatedQuery = Pinned(out _rotatedQuery, index.Rotation.Width);
        ShortQuery = Pinned(out _shortQuery, stride);
        Tables = new SignTables(index.CodeBits);
    }

    /// <summary>The query, padded.</summary>
    public float* Query { get; }

    /// <summary>The query in double precision, padded.</summary>
    public double* DoubleQuery { get; }

    /// <summary>The query scaled to length 1, padded.</summary>
    public float* UnitQuery { get; }

    /// <summary>The query as 16-bit integers, padded.</summary>
    public short* ShortQuery { get; }

    /// <summary>The sum of the integers of <see cref="ShortQuery"/>.</summary>
    public long ShortSum { get; private set; }

    /// <summary>The unit query is its integers times this.</summary>
    public double ShortScale { get; private set; }

    public double SquaredNorm { get; private set; }

    public SignTables Tables { get; }

    /// <summary>The leaves nearest to the query.</summary>
    public Reservoir Leaves { get; } = new();

    /// <summary>The best by their codes.</summary>
    public Reservoir Candidates { get; } = new();

    /// <summary>The best by their 8-bit numbers.</summary>
    public Reservoir Best { get; } = new();

    private float* RotatedQuery { get; }

    public void SetQuery(ReadOnlySpan<float> query, int dimensions)
    {
        int stride = _query.Length;
        _hasTables = false;
        SquaredNorm = AngularDistance.CopyToRow(query, dimensions, Query, stride, nameof(query));
        for (int i = 0; i < stride; i++)
        {
            _doubleQuery[i] = _query[i];
        }

        _query.CopyTo(_unitQuery, 0);
        VectorKernels.Scale(UnitQuery, AngularDistance.InverseNorm(SquaredNorm), stride);
        float largest = 0;
        foreach (float number in _unitQuery)
        {
            largest = Math.Max(largest, Math.Abs(number));
        }

        float factor = largest > 0 ? FixedPoint.QueryLimit(stride) / largest : 0;
        long sum = 0;
        for (int i = 0; i < stride; i++)
        {
            sum += _shortQuery[i] = (short)MathF.Round(_unitQuery[i] * factor);
        }

        ShortSum = sum;
        ShortScale = factor > 0 ? 1 / (double)factor : 0;
    }

    /// <summary>Prepares what the scan of sign codes needs of the query.</summary>
    public void PrepareTables()
    {
        if (_hasTables)
        {
            return;
        }

        _hasTables = true;
        _unitQuery.CopyTo(_rotatedQuery, 0);
        _rotatedQuery.AsSpan(_unitQuery.Length).Clear();
        _index.Rotation.Apply(RotatedQuery);
        Tables.Set(RotatedQuery);
    }

    public Span<float> LeafScores(int count) => Grown(ref _leafScores, count);

    public Span<bool> Flags(int count) => Grown(ref _flags, count);

    public Span<int> Rows(int count) => Grown(ref _rows, count);

    public Span<ulong> Keys(int count) => Grown(ref _keys, count);

    private static T* Pinned<T>(out T[] array, int length)
        where T : unmanaged
    {
        array = GC.AllocateArray<T>(length, pinned: true);
        return (T*)Marshal.UnsafeAddrOfPinnedArrayElement(array, 0);
    }

    private static Span<T> Grown<T>(ref T[] array, int length)
    {
        if (array.Length < length)
        {
            array = new T[Math.Max(length, Math.Min(2L * array.Length, Array.MaxLength))];
        }

        return array.AsSpan(0, length);
    }
}
