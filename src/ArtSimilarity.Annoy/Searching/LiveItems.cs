using System.Numerics;
using ArtSimilarity.Annoy.Nodes;
using ArtSimilarity.Indexing;

namespace ArtSimilarity.Annoy.Searching;

/// <summary>The items that a search does not exclude. Never changed.</summary>
/// <param name="Words">One bit per item, clear for the excluded ones.</param>
/// <param name="Count">The number of set bits.</param>
internal sealed record LiveItems(ulong[] Words, int Count)
{
    /// <summary>All items of a file; a number that was left out is none.</summary>
    public static LiveItems All(AnnoyNodes nodes)
    {
        ulong[] words = new ulong[(int)((nodes.ItemCount + 63L) / 64)];
        int count = 0;
        for (int item = 0; item < nodes.ItemCount; item++)
        {
            if (nodes.IsItem(item))
            {
                words[item >> 6] |= 1UL << item;
                count++;
            }
        }

        return new LiveItems(words, count);
    }

    /// <summary>These items without those of some ids; ids that the index does not hold are passed over.</summary>
    public LiveItems Without(IdSet excluded, ForestSearch forest)
    {
        ulong[] live = [.. Words];
        int count = Count;
        ReadOnlySpan<ulong> words = excluded.Bitmap;
        for (int w = 0; w < words.Length; w++)
        {
            for (ulong bits = words[w]; bits != 0; bits &= bits - 1)
            {
                int item = forest.ItemOf((w << 6) + BitOperations.TrailingZeroCount(bits));
                if (item >= 0 && ((live[item >> 6] >> item) & 1) != 0)
                {
                    live[item >> 6] &= ~(1UL << item);
                    count--;
                }
            }
        }

        return new LiveItems(live, count);
    }
}
