using System.Buffers;
using System.Collections.Concurrent;
using ArtSimilarity.Galleries;
using ArtSimilarity.Sqlite.Rows;

namespace ArtSimilarity.Sqlite.Caches;

/// <summary>
/// Works by the signatures they belong to, as of one state of the catalogue: once a work that was there is changed or removed, a new cache
/// takes its place. Works that are only added change nothing in it.
/// </summary>
/// <remarks>
/// Works are kept as bytes (<see cref="CompactWorks"/>). Those that are asked for again and again are kept as objects too. When these are
/// too many it lets go of an eighth of them, in no order.
/// </remarks>
/// <param name="token">Names the state of the catalogue.</param>
/// <param name="maxBytes">How many bytes the works may take that are kept as bytes; 0 keeps none in any form.</param>
internal sealed class PaintingCache(long token, long maxBytes)
{
    /// <summary>How many works are kept as objects.</summary>
    public const int MaxObjects = 100_000;

    /// <summary>One find in so many makes an object: what is found often soon is one, and the collector has few to move.</summary>
    private const int FindsPerObject = 8;

    private static readonly ThreadLocal<ArrayBufferWriter<byte>> Buffer = new(() => new ArrayBufferWriter<byte>(1024));

    private readonly CompactWorks _works = new(maxBytes);
    private readonly ConcurrentDictionary<long, Painting> _objects = new();
    private readonly ConcurrentDictionary<long, SpaceVersion> _versions = new();
    private int _count; // counted here, since a concurrent dictionary locks to count

    public long Token => token;

    /// <summary>The last state of a space that works were remembered of: ids are only its own while its history goes on from there.</summary>
    public SpaceVersion VersionOf(long space) => _versions.GetValueOrDefault(space);

    /// <summary>Notes the state that a reader sees, unless a later one was noted.</summary>
    public void Note(long space, SpaceVersion version)
    {
        if (VersionOf(space) != version)
        {
            _versions.AddOrUpdate(space, version, (_, known) => known.Generation > version.Generation ? known : version);
        }
    }

    public bool TryGet(long space, int id, out Painting? painting)
    {
        long key = Key(space, id);
        if (_objects.TryGetValue(key, out painting))
        {
            return true;
        }

        if (!_works.TryGet(key, out ReadOnlySpan<byte> bytes))
        {
            return false;
        }

        painting = WorkRow.Read(new CompactColumns(bytes));
        if (Random.Shared.Next(FindsPerObject) == 0)
        {
            KeepObject(key, painting);
        }

        return true;
    }

    public void Add(long space, int id, SqliteColumns work)
    {
        ArrayBufferWriter<byte> buffer = Buffer.Value!;
        buffer.ResetWrittenCount();
        CompactColumns.Write(work, buffer);
        _works.Add(Key(space, id), buffer.WrittenSpan);
    }

    private static long Key(long space, int id) => (space << 32) | (uint)id;

    private void KeepObject(long key, Painting painting)
    {
        if (!_objects.TryAdd(key, painting) || Interlocked.Increment(ref _count) < MaxObjects)
        {
            return;
        }

        int surplus = MaxObjects / 8;
        foreach ((long other, Painting _) in _objects)
        {
            if (surplus-- == 0)
            {
                break;
            }

            if (_objects.TryRemove(other, out _))
            {
                Interlocked.Decrement(ref _count);
            }
        }
    }
}
