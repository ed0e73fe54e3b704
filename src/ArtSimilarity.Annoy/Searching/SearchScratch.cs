using ArtSimilarity.Indexing;

namespace ArtSimilarity.Annoy.Searching;

/// <summary>What one search needs, kept for the next one.</summary>
internal sealed unsafe class SearchScratch
{
    private readonly float[] _query;
    private readonly float[] _unitQuery;
    private ulong[] _allowed = [];
    private ulong[] _remaining = [];
    private Neighbor[] _neighbors = [];

    public SearchScratch(int stride)
    {
        // Pinned, so that pointers into them stay valid.
        _query = GC.AllocateArray<float>(stride, pinned: true);
        _unitQuery = GC.AllocateArray<float>(stride, pinned: true);
        Query = (float*)System.Runtime.InteropServices.Marshal.UnsafeAddrOfPinnedArrayElement(_query, 0);
        UnitQuery = (float*)System.Runtime.InteropServices.Marshal.UnsafeAddrOfPinnedArrayElement(_unitQuery, 0);
    }

    /// <summary>The query, padded.</summary>
    public float* Query { get; }

    /// <summary>The query scaled to length 1, padded.</summary>
    public float* UnitQuery { get; }

    public double SquaredNorm { get; private set; }

    public Frontier Frontier { get; } = new();

    public BestCandidates Best { get; } = new();

    public void SetQuery(ReadOnlySpan<float> query, int dimensions)
    {
        int stride = _query.Length;
        SquaredNorm = AngularDistance.CopyToRow(query, dimensions, Query, stride, nameof(query));
        _query.CopyTo(_unitQuery, 0);
        VectorKernels.Scale(UnitQuery, AngularDistance.InverseNorm(SquaredNorm), stride);
    }

    /// <summary>Room for one bit per row: those the search may return.</summary>
    public Span<ulong> Allowed(int words) => Grown(ref _allowed, words);

    /// <summary>Room for one bit per row: those of the allowed ones that were not seen yet.</summary>
    public Span<ulong> Remaining(int words) => Grown(ref _remaining, words);

    public Span<Neighbor> Neighbors(int count) => Grown(ref _neighbors, count);

    private static Span<T> Grown<T>(ref T[] array, int length)
    {
        if (array.Length < length)
        {
            array = new T[Math.Max(length, Math.Min(2L * array.Length, Array.MaxLength))];
        }

        return array.AsSpan(0, length);
    }
}
