using System.Numerics;
using ArtSimilarity.FastScan.Files;
using ArtSimilarity.Indexing;

namespace ArtSimilarity.FastScan.Searching;

/// <summary>The rows that a search does not exclude. Never changed.</summary>
/// <param name="Words">One bit per row, clear for the excluded ones.</param>
/// <param name="Count">The number of set bits.</param>
internal sealed record LiveRows(ulong[] Words, int Count)
{
    /// <summary>All rows of an index.</summary>
    public static LiveRows All(PackedIndex index) => new(Bits.AllSet(index.Count), index.Count);

    /// <summary>These rows without those of some ids; ids that the index does not hold are passed over.</summary>
    public LiveRows Without(IdSet excluded, PackedIndex index)
    {
        ulong[] live = [.. Words];
        int count = Count;
        ReadOnlySpan<ulong> words = excluded.Bitmap;
        for (int w = 0; w < words.Length; w++)
        {
            for (ulong bits = words[w]; bits != 0; bits &= bits - 1)
            {
                int row = index.RowOf((w << 6) + BitOperations.TrailingZeroCount(bits));
                if (row >= 0)
                {
                    Bits.Clear(live, row);
                    count--;
                }
            }
        }

        return new LiveRows(live, count);
    }
}
