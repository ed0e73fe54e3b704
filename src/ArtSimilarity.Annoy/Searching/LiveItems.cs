using ArtSimilarity.Annoy.Nodes;

namespace ArtSimilarity.Annoy.Searching;

/// <summary>Which of the built items can be found. Never changed once searches can see it.</summary>
/// <param name="Words">One bit per item, clear for the removed ones.</param>
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

    public bool Has(int item) => ((Words[item >> 6] >> item) & 1) != 0;
}
