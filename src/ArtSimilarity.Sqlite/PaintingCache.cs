using System.Collections.Concurrent;

namespace ArtSimilarity.Sqlite;

/// <summary>
/// Works by the signatures they belong to, as of one state of the catalogue: once a work that was there is changed or removed, a new cache
/// takes its place. Works that are only added change nothing in it. Of two halves the older is let go when the younger is full.
/// </summary>
/// <param name="token">Names the state of the catalogue.</param>
/// <param name="capacity">The most works that are kept.</param>
internal sealed class PaintingCache(long token, int capacity)
{
    private readonly int _half = (capacity + 1) / 2;
    private ConcurrentDictionary<long, Painting> _young = new();
    private ConcurrentDictionary<long, Painting> _old = new();
    private int _youngCount;

    public long Token => token;

    public bool TryGet(long space, int id, out Painting? painting)
    {
        long key = Key(space, id);
        if (Volatile.Read(ref _young).TryGetValue(key, out painting))
        {
            return true;
        }

        if (!Volatile.Read(ref _old).TryGetValue(key, out painting))
        {
            return false;
        }

        Add(space, id, painting);
        return true;
    }

    public void Add(long space, int id, Painting painting)
    {
        if (capacity == 0 || !Volatile.Read(ref _young).TryAdd(Key(space, id), painting))
        {
            return;
        }

        // Counted here, since a concurrent dictionary locks to count. Two threads that meet may let go of a little more: it costs a read.
        if (Interlocked.Increment(ref _youngCount) >= _half)
        {
            Volatile.Write(ref _old, Volatile.Read(ref _young));
            Volatile.Write(ref _young, new ConcurrentDictionary<long, Painting>());
            Volatile.Write(ref _youngCount, 0);
        }
    }

    private static long Key(long space, int id) => (space << 32) | (uint)id;
}
