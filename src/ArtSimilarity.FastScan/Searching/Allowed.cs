using System.Numerics;
using ArtSimilarity.FastScan.Files;
using ArtSimilarity.Indexing;
using ArtSimilarity.Searching;

namespace ArtSimilarity.FastScan.Searching;

/// <summary>The rows a search may return: those that are not excluded and that its filter allows.</summary>
internal readonly struct Allowed(PackedIndex index, LiveRows live, IdSet? filter)
{
    private readonly PackedIndex _index = index;
    private readonly ulong[] _live = live.Words;
    private readonly IdSet? _filter = filter;

    /// <summary>Whether all rows may be returned.</summary>
    public bool IsAll { get; } = filter is null && live.Count == index.Count;

    /// <summary>The number of rows, or more: ids of the filter may be missing or excluded.</summary>
    public long AtMost { get; } = filter is null ? live.Count : Math.Min(filter.Count, live.Count);

    public bool Has(int row) => Bits.Has(_live, row) && (_filter is null || _filter.Contains(_index.IdOf(row)));

    /// <summary>Lists the rows, <see cref="AtMost"/> of them or less.</summary>
    /// <returns>How many there are.</returns>
    public int List(Span<int> rows)
    {
        int count = 0;
        if (_filter is not null && _filter.Count < _index.Count / 4)
        {
            ReadOnlySpan<ulong> words = _filter.Bitmap;
            for (int w = 0; w < words.Length; w++)
            {
                for (ulong bits = words[w]; bits != 0; bits &= bits - 1)
                {
                    int row = _index.RowOf((w << 6) + BitOperations.TrailingZeroCount(bits));
                    if (row >= 0 && Bits.Has(_live, row))
                    {
                        rows[count++] = row;
                    }
                }
            }

            return count;
        }

        for (int w = 0; w < _live.Length; w++)
        {
            for (ulong bits = _live[w]; bits != 0; bits &= bits - 1)
            {
                int row = (w << 6) + BitOperations.TrailingZeroCount(bits);
                if (_filter is null || _filter.Contains(_index.IdOf(row)))
                {
                    rows[count++] = row;
                }
            }
        }

        return count;
    }
}
