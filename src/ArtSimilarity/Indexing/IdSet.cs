using System.Numerics;

namespace ArtSimilarity.Indexing;

/// <summary>A set of ids (0 or above), one bit each: what a filter allows a search to return.</summary>
/// <remarks>Reading from several threads is safe as long as none adds or removes.</remarks>
public sealed class IdSet
{
    private ulong[] _bits;
    private bool _frozen;

    /// <summary>Creates an empty set.</summary>
    /// <param name="capacity">Ids below this fit without growing.</param>
    public IdSet(int capacity = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(capacity);
        _bits = new ulong[(capacity + 63L) / 64];
    }

    /// <summary>Creates a set of the given ids.</summary>
    /// <param name="ids">The ids, 0 or above, in any order; duplicates count once.</param>
    public IdSet(IEnumerable<int> ids)
        : this()
    {
        ArgumentNullException.ThrowIfNull(ids);
        foreach (int id in ids)
        {
            Add(id);
        }
    }

    /// <summary>Whether the set can no longer change, so that it may be shared.</summary>
    public bool IsFrozen => _frozen;

    /// <summary>The number of ids in the set.</summary>
    public int Count { get; private set; }

    /// <summary>The set as bits, for an index that combines it with bits of its own: id i is bit i % 64, lowest first, of number i / 64. Ids beyond the end are not in the set.</summary>
    public ReadOnlySpan<ulong> Bitmap => _bits;

    /// <summary>Whether an id is in the set.</summary>
    /// <param name="id">The id; a negative one is in no set.</param>
    /// <returns><see langword="true"/> when it is.</returns>
    public bool Contains(int id)
    {
        ulong[] bits = _bits;
        int word = id >> 6;
        return (uint)word < (uint)bits.Length && ((bits[word] >> id) & 1) != 0;
    }

    /// <summary>Adds an id.</summary>
    /// <param name="id">The id, 0 or above.</param>
    /// <returns><see langword="false"/> when it was in the set already.</returns>
    /// <exception cref="InvalidOperationException">The set is frozen.</exception>
    public bool Add(int id)
    {
        ThrowIfFrozen();
        ArgumentOutOfRangeException.ThrowIfNegative(id);
        int word = id >> 6;
        if (word >= _bits.Length)
        {
            Array.Resize(ref _bits, Math.Max(word + 1, _bits.Length * 2));
        }

        ulong bit = 1UL << id;
        if ((_bits[word] & bit) != 0)
        {
            return false;
        }

        _bits[word] |= bit;
        Count++;
        return true;
    }

    /// <summary>Removes an id.</summary>
    /// <param name="id">The id.</param>
    /// <returns><see langword="false"/> when it was not in the set.</returns>
    /// <exception cref="InvalidOperationException">The set is frozen.</exception>
    public bool Remove(int id)
    {
        ThrowIfFrozen();
        if (!Contains(id))
        {
            return false;
        }

        _bits[id >> 6] &= ~(1UL << id);
        Count--;
        return true;
    }

    /// <summary>Lists the ids in ascending order.</summary>
    /// <returns>An array of <see cref="Count"/> ids.</returns>
    public int[] ToArray()
    {
        int[] ids = new int[Count];
        int next = 0;
        for (int word = 0; word < _bits.Length; word++)
        {
            for (ulong bits = _bits[word]; bits != 0; bits &= bits - 1)
            {
                ids[next++] = (word << 6) + BitOperations.TrailingZeroCount(bits);
            }
        }

        return ids;
    }

    /// <summary>Makes the set read-only for good.</summary>
    /// <returns>The same set.</returns>
    public IdSet Freeze()
    {
        _frozen = true;
        return this;
    }

    /// <summary>Copies the ids into a set that can be changed.</summary>
    /// <returns>A set of the same ids.</returns>
    public IdSet Copy() => new() { _bits = [.. _bits], Count = Count };

    private void ThrowIfFrozen()
    {
        if (_frozen)
        {
            throw new InvalidOperationException("The set is shared and cannot be changed: change a copy.");
        }
    }
}
