using System.Numerics;

namespace ArtSimilarity.Sqlite.Caches;

/// <summary>Remembers which keys came by lately, in a table of hashes: sometimes it forgets one, and it never takes a new one for known unless 31 bits are alike.</summary>
/// <remarks>Safe for several threads at once: whoever writes a place of the table last wins.</remarks>
/// <param name="capacity">How many keys are to be told apart, about.</param>
internal sealed class SeenKeys(int capacity)
{
    private const int MaxLength = 1 << 20;
    private readonly int[] _marks = new int[BitOperations.RoundUpToPowerOf2((uint)Math.Clamp(2L * capacity, 1, MaxLength))];

    /// <summary>Whether a key comes for the first time, or for the first time after another took its place.</summary>
    public bool IsFirstTime(long key)
    {
        ulong hash = (ulong)key * 0x9E3779B97F4A7C15;
        ref int mark = ref _marks[(hash >> 40) & (uint)(_marks.Length - 1)];
        int own = (int)(hash >> 8) | 1; // 0 is an empty place
        if (mark == own)
        {
            return false;
        }

        mark = own;
        return true;
    }
}
