using System.Collections.Concurrent;
using ArtSimilarity.Galleries;

namespace ArtSimilarity.Sqlite;

/// <summary>
/// Works by the signatures they belong to, as of one state of the catalogue: once a work that was there is changed or removed, a new cache
/// takes its place. Works that are only added change nothing in it. When it is full it lets go of an eighth, in no order.
/// </summary>
/// <remarks>
/// A work is kept when it is read for the second time. In a large gallery most works are read once: to keep them all gave the collector
/// so much to move that every search stood still for 20 to 50 ms, some times a second.
/// </remarks>
/// <param name="token">Names the state of the catalogue.</param>
/// <param name="capacity">The most works that are kept.</param>
/// <param name="seen">Knows the works that were read before.</param>
internal sealed class PaintingCache(long token, int capacity, SeenKeys seen)
{
    private readonly ConcurrentDictionary<long, Painting> _paintings = new();
    private readonly ConcurrentDictionary<long, SpaceVersion> _versions = new();
    private int _count; // counted here, since a concurrent dictionary locks to count

    public long Token => token;

    /// <summary>The last state of a space that works were remembered of: ids are only its own while its history goes on from there.</summary>
    public SpaceVersion VersionOf(long space) => _versions.GetValueOrDefault(space);

    public void Note(long space, SpaceVersion version) => _versions[space] = version;

    public bool TryGet(long space, int id, out Painting? painting) => _paintings.TryGetValue(Key(space, id), out painting);

    public void Add(long space, int id, Painting painting)
    {
        if (capacity == 0 || seen.IsFirstTime(Key(space, id)) || !_paintings.TryAdd(Key(space, id), painting) || Interlocked.Increment(ref _count) < capacity)
        {
            return;
        }

        int surplus = (capacity / 8) + 1;
        foreach ((long key, Painting _) in _paintings)
        {
            if (surplus-- == 0)
            {
                break;
            }

            if (_paintings.TryRemove(key, out _))
            {
                Interlocked.Decrement(ref _count);
            }
        }
    }

    private static long Key(long space, int id) => (space << 32) | (uint)id;
}
