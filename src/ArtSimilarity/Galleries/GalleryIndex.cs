using ArtSimilarity.Indexing;

namespace ArtSimilarity.Galleries;

/// <summary>An open index and what it reflects; closed when its maker, the gallery and the last search have let go of it.</summary>
/// <param name="index">The index.</param>
/// <param name="isExact">Whether it compares with every vector.</param>
/// <param name="version">The state of the space that the index reflects.</param>
/// <param name="lastId">The highest id ever added.</param>
/// <param name="builtCount">The number of vectors the approximate part was built over.</param>
internal sealed class GalleryIndex(ILocalVectorIndex index, bool isExact, SpaceVersion version, int lastId, int builtCount)
{
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _holders = 1;
    private int _changes;
    private object _version = version; // boxed, so that both numbers of it are read at once

    public ILocalVectorIndex Index => index;

    public bool IsExact => isExact;

    /// <summary>Ends when the last holder has let go and the index is closed.</summary>
    public Task Closed => _closed.Task;

    /// <summary>The highest id ever added.</summary>
    public int LastId { get; set; } = lastId;

    /// <summary>The number of vectors the approximate part was built over.</summary>
    public int BuiltCount => builtCount;

    /// <summary>Vectors added and removed since the build.</summary>
    public int Changes
    {
        get => Volatile.Read(ref _changes);
        set => Volatile.Write(ref _changes, value);
    }

    /// <summary>The state of the space that the index reflects, and possibly some later changes.</summary>
    public SpaceVersion Version
    {
        get => (SpaceVersion)Volatile.Read(ref _version);
        set => Volatile.Write(ref _version, value);
    }

    public bool TryHold()
    {
        int holders = Volatile.Read(ref _holders);
        while (holders > 0)
        {
            int seen = Interlocked.CompareExchange(ref _holders, holders + 1, holders);
            if (seen == holders)
            {
                return true;
            }

            holders = seen;
        }

        return false;
    }

    public void Release()
    {
        if (Interlocked.Decrement(ref _holders) == 0)
        {
            index.Dispose();
            _closed.SetResult();
        }
    }
}
