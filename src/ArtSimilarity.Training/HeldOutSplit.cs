using System.Security.Cryptography;
using System.Text;

namespace ArtSimilarity.Training;

/// <summary>
/// Parts pictures into those that are learned from and those held out to measure on. Pictures that belong together (one
/// work, copies, near-duplicates) fall on the same side.
/// </summary>
public sealed class HeldOutSplit
{
    private HeldOutSplit(int[] training, int[] heldOut, int[] groupOf, int groups, int joined, HeldOutSplit? whole = null)
    {
        GroupOf = groupOf;
        Training = training;
        HeldOut = heldOut;
        Groups = groups;
        Joined = joined;
        Whole = whole ?? this;
    }

    /// <summary>The pictures to learn from, by index, ascending.</summary>
    public IReadOnlyList<int> Training { get; }

    /// <summary>The pictures to measure on, by index, ascending.</summary>
    public IReadOnlyList<int> HeldOut { get; }

    /// <summary>The number of each picture's group, by index. In a split that was drawn before, each picture is a group of its own.</summary>
    public IReadOnlyList<int> GroupOf { get; }

    /// <summary>How many groups the pictures form.</summary>
    public int Groups { get; }

    /// <summary>How many pictures share their group with another.</summary>
    public int Joined { get; }

    /// <summary>The split that this is a fold of, or itself: folds share its cached features.</summary>
    internal HeldOutSplit Whole { get; }

    /// <summary>A split that was drawn before.</summary>
    /// <param name="keys">The pictures' keys, unique.</param>
    /// <param name="heldOut">The keys of the pictures to measure on; others than those in <paramref name="keys"/> are ignored.</param>
    /// <returns>The split.</returns>
    public static HeldOutSplit FromHeldOut(IReadOnlyList<string> keys, IReadOnlySet<string> heldOut)
    {
        ArgumentNullException.ThrowIfNull(keys);
        ArgumentNullException.ThrowIfNull(heldOut);
        ILookup<bool, int> sides = Enumerable.Range(0, keys.Count).ToLookup(index => heldOut.Contains(keys[index]));
        return new HeldOutSplit([.. sides[false]], [.. sides[true]], [.. Enumerable.Range(0, keys.Count)], keys.Count, 0);
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

        (IGrouping<int, int> Pictures, double Place)[] groups = [.. Group(keys, together, FormattableString.Invariant($"{seed}"))];
        int[] Side(bool isHeldOut) => [.. groups.Where(group => group.Place < share == isHeldOut).SelectMany(group => group.Pictures).Order()];
        return new HeldOutSplit(
            Side(false), Side(true), Numbers(groups, keys.Count), groups.Length, groups.Where(group => group.Pictures.Count() > 1).Sum(group => group.Pictures.Count()));
    }

    /// <summary>
    /// Parts the pictures to learn from once more, for cross-fitting: each fold's held-out pictures are some of them, every one in one fold, and it
    /// learns from the others. The fold of a group follows from its smallest key and the seed alone; with few groups a fold may be empty.
    /// </summary>
    /// <remarks>
    /// Train them one after another in one <see cref="TrainerOptions.Folder"/> without <see cref="TrainerOptions.Checkpoints"/>: what the frozen part of the base
    /// model computes is then kept once for all of them.
    /// </remarks>
    /// <param name="keys">The keys of all pictures, unique, those held out here included.</param>
    /// <param name="together">Pairs of indices that belong together.</param>
    /// <param name="count">How many folds, at least 2.</param>
    /// <param name="seed">Another seed draws other folds.</param>
    /// <returns>The folds; <see cref="Groups"/> and <see cref="Joined"/> of each are those of this split. <see cref="GroupOf"/> is as <paramref name="together"/> says.</returns>
    /// <exception cref="ArgumentException">There are not as many keys as pictures.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The count or an index is out of its range.</exception>
    public IReadOnlyList<HeldOutSplit> Folds(IReadOnlyList<string> keys, IEnumerable<(int First, int Second)> together, int count, long seed)
    {
        ArgumentNullException.ThrowIfNull(keys);
        ArgumentNullException.ThrowIfNull(together);
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 2);
        if (keys.Count != Training.Count + HeldOut.Count)
        {
            throw new ArgumentException($"There are {keys.Count} keys for {Training.Count + HeldOut.Count} pictures.", nameof(keys));
        }

        int[] folds = new int[keys.Count];
        (IGrouping<int, int> Pictures, double Place)[] groups = [.. Group(keys, together, FormattableString.Invariant($"fold {seed}"))];
        int[] groupOf = Numbers(groups, keys.Count);
        foreach ((IGrouping<int, int> pictures, double place) in groups)
        {
            foreach (int picture in pictures)
            {
                folds[picture] = (int)(place * count);
            }
        }

        return [.. Enumerable.Range(0, count).Select(fold => new HeldOutSplit([.. Training.Where(i => folds[i] != fold)], [.. Training.Where(i => folds[i] == fold)], groupOf, Groups, Joined, this))];
    }

    private static int[] Numbers((IGrouping<int, int> Pictures, double Place)[] groups, int count)
    {
        int[] numbers = new int[count];
        foreach ((int number, (IGrouping<int, int> pictures, _)) in groups.Index())
        {
            foreach (int picture in pictures)
            {
                numbers[picture] = number;
            }
        }

        return numbers;
    }

    /// <summary>Groups of what belongs together, each with a place from 0 to below 1 that is as good as drawn.</summary>
    private static IEnumerable<(IGrouping<int, int> Pictures, double Place)> Group(IReadOnlyList<string> keys, IEnumerable<(int First, int Second)> together, string seed)
    {
        int[] parents = [.. Enumerable.Range(0, keys.Count)];
        foreach ((int first, int second) in together)
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)first, (uint)keys.Count, nameof(together));
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)second, (uint)keys.Count, nameof(together));
            parents[Root(first)] = Root(second);
        }

        return Enumerable.Range(0, keys.Count).GroupBy(Root).Select(group =>
        {
            string smallest = group.Select(index => keys[index]).Min(StringComparer.Ordinal)!;
            byte[] hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{seed}\n{smallest}"));
            return (group, BitConverter.ToUInt32(hash) / (uint.MaxValue + 1.0));
        });

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
