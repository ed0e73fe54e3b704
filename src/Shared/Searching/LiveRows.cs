using System.Numerics;
using ArtSimilarity.Indexing;

namespace ArtSimilarity.Searching;

/// <summary>The rows of an index that a search does not exclude. Never changed.</summary>
/// <param name="Words">One bit per row, clear for the excluded ones.</param>
/// <param name="Count">The number of set bits.</param>
internal sealed record LiveRows(ulong[] Words, int Count)
{
    /// <summary>All rows, from 0 to below a number.</summary>
    public static LiveRows All(int count) => new(Bits.AllSet(count), count);

    /// <summary>The rows that are there, of those from 0 to below a number.</summary>
    public static LiveRows Where(int count, Func<int, bool> isThere)
    {
        ulong[] words = new ulong[Bits.WordsFor(count)];
        int found = 0;
        for (int row = 0; row < count; row++)
        {
            if (isThere(row))
            {
                words[row >> 6] |= 1UL << row;
                found++;
            }
        }

        return new LiveRows(words, found);
    }

    /// <summary>These rows without those of some ids.</summary>
    /// <param name="excluded">The ids; those that the index does not hold are passed over.</param>
    /// <param name="rowOf">The row of an id; below 0 where there is none.</param>
    public LiveRows Without(IdSet excluded, Func<int, int> rowOf)
    {
        ulong[] live = [.. Words];
        int count = Count;
        ReadOnlySpan<ulong> words = excluded.Bitmap;
        for (int w = 0; w < words.Length; w++)
        {
            for (ulong bits = words[w]; bits != 0; bits &= bits - 1)
            {
                int row = rowOf((w << 6) + BitOperations.TrailingZeroCount(bits));
                if (row >= 0 && Bits.Has(live, row))
                {
                    Bits.Clear(live, row);
                    count--;
                }
            }
        }

        return new LiveRows(live, count);
    }
}
