using System.Security.Cryptography;
using System.Text;

namespace ArtSimilarity.Training;

/// <summary>
/// Parts pictures into those that are learned from and those held out to measure on. Pictures that belong together (one
/// work, copies, near-duplicates) fall on the same side.
/// </summary>
public sealed class HeldOutSplit
{
    private HeldOutSplit(int[] training, int[] heldOut, int groups, int joined)
    {
        Training = training;
        HeldOut = heldOut;
        Groups = groups;
        Joined = joined;
    }

    /// <summary>The pictures to learn from, by index, ascending.</summary>
    public IReadOnlyList<int> Training { get; }

    /// <summary>The pictures to measure on, by index, ascending.</summary>
    public IReadOnlyList<int> HeldOut { get; }

    /// <summary>How many groups the pictures form.</summary>
    public int Groups { get; }

    /// <summary>How many pictures share their group with another.</summary>
    public int Joined { get; }

    /// <summary>A split that was drawn before.</summary>
    /// <param name="keys">The pictures' keys, unique.</param>
    /// <param name="heldOut">The keys of the pictures to measure on; others than those in <paramref name="keys"/> are ignored.</param>
    /// <returns>The split.</returns>
    public static HeldOutSplit FromHeldOut(IReadOnlyList<string> keys, IReadOnlySet<string> heldOut)
    {
        ArgumentNullException.ThrowIfNull(keys);
        ArgumentNullException.ThrowIfNull(heldOut);
        ILookup<bool, int> sides = Enumerable.Range(0, keys.Count).ToLookup(index => heldOut.Contains(keys[index]));
        return new HeldOutSplit([.. sides[false]], [.. sides[true]], keys.Count, 0);
    }

    /// <summary>Draws a split. The side of a group follows from its smallest key and the seed alone.</summary>
    /// <param name="keys">The pictures' keys, unique.</param>
    /// <param name="together">Pairs of indices that belong together.</param>
    /// <param name="share">The share held out, from 0 to below 1.</param>
    /// <param name="seed">Another seed draws another split.</param>
    /// <returns>The split.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The share or an index is out of its range.</exception>
    public static HeldOutSplit Draw(IReadOnlyList<string> keys, IEnumerable<(int First, int Second)> together, double share, long seed)
    {
        ArgumentNullException.ThrowIfNull(keys);
        ArgumentNullException.ThrowIfNull(together);
        if (!(share is >= 0 and < 1))
        {
            throw new ArgumentOutOfRangeException(nameof(share), share, "The share held out must be from 0 to below 1.");
        }

        int[] parents = [.. Enumerable.Range(0, keys.Count)];
        foreach ((int first, int second) in together)
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)first, (uint)keys.Count, nameof(together));
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)second, (uint)keys.Count, nameof(together));
            parents[Root(first)] = Root(second);
        }

        IGrouping<int, int>[] groups = [.. Enumerable.Range(0, keys.Count).GroupBy(Root)];
        List<int> training = [], heldOut = [];
        foreach (IGrouping<int, int> group in groups)
        {
            string smallest = group.Select(index => keys[index]).Min(StringComparer.Ordinal)!;
            byte[] hash = SHA256.HashData(Encoding.UTF8.GetBytes(FormattableString.Invariant($"{seed}\n{smallest}")));
            double place = BitConverter.ToUInt32(hash) / (uint.MaxValue + 1.0);
            (place < share ? heldOut : training).AddRange(group);
        }

        training.Sort();
        heldOut.Sort();
        return new HeldOutSplit([.. training], [.. heldOut], groups.Length, groups.Where(group => group.Count() > 1).Sum(group => group.Count()));

        int Root(int index)
        {
            while (parents[index] != index)
            {
                index = parents[index] = parents[parents[index]];
            }

            return index;
        }
    }
}
