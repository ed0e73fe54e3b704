using ArtSimilarity.Galleries;
using ArtSimilarity.Indexing;

namespace ArtSimilarity.Sqlite.Caches;

/// <summary>
/// The few signatures that one commit of this process added to a space. A search right after it need not read them again: SQLite has emptied
/// its page cache then, so every row would cost a walk from the root.
/// </summary>
/// <param name="spaceId">The row of the space.</param>
/// <param name="before">The state that the commit changed.</param>
/// <param name="lastIdBefore">The highest id in that state; −1 for none.</param>
internal sealed class RecentAdditions(long spaceId, SpaceVersion before, int lastIdBefore)
{
    /// <summary>More than this are not kept: reading them costs little against the commit that wrote them.</summary>
    private const int MaxCount = 64;

    private readonly List<int> _ids = [];
    private readonly List<float> _numbers = [];

    public long SpaceId => spaceId;

    /// <summary>The state that the commit led to. Its token is of that commit alone.</summary>
    public SpaceVersion After { get; set; }

    /// <summary>Remembers one signature more.</summary>
    /// <returns>Whether they are still few.</returns>
    public bool TryAdd(int id, ReadOnlySpan<float> vector)
    {
        _ids.Add(id);
        _numbers.AddRange(vector);
        return _ids.Count <= MaxCount;
    }

    /// <summary>The changes since a former state, where they are this commit and nothing else; <see langword="null"/> otherwise.</summary>
    public SignatureChanges? Since(SpaceVersion since, SpaceVersion now, int afterId, int dimensions)
    {
        if (since != before || now != After || afterId < lastIdBefore || (_ids.Count > 0 && afterId >= _ids[0]))
        {
            return null;
        }

        var added = new VectorSet(dimensions, Math.Max(1, _ids.Count)); // a copy, for the caller may append to it
        added.Add(_ids.ToArray(), _numbers.ToArray());
        return new SignatureChanges(now, [], added);
    }
}
