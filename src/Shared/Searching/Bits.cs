namespace ArtSimilarity.Searching;

/// <summary>One bit per row, 64 to a word.</summary>
internal static class Bits
{
    public static int WordsFor(int count) => (int)((count + 63L) / 64);

    public static ulong[] AllSet(int count)
    {
        ulong[] words = new ulong[WordsFor(count)];
        Array.Fill(words, ulong.MaxValue);
        if (count % 64 != 0)
        {
            words[^1] = (1UL << count) - 1;
        }

        return words;
    }

    public static bool Has(ReadOnlySpan<ulong> words, int row) => ((words[row >> 6] >> row) & 1) != 0;

    public static void Clear(Span<ulong> words, int row) => words[row >> 6] &= ~(1UL << row);
}
