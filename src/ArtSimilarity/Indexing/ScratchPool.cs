namespace ArtSimilarity.Indexing;

/// <summary>
/// Keeps as many scratch buffers as there are processors. Unlike a shared array pool it neither trims nor keeps one per thread, so
/// that a search allocates nothing whatever thread it runs on.
/// </summary>
/// <param name="create">Makes one when none is idle.</param>
internal sealed class ScratchPool<T>(Func<T> create)
    where T : class
{
    private readonly T?[] _kept = new T?[Environment.ProcessorCount];

    public T Rent()
    {
        foreach (ref T? place in _kept.AsSpan())
        {
            if (Interlocked.Exchange(ref place, null) is T scratch)
            {
                return scratch;
            }
        }

        return create();
    }

    public void Return(T scratch)
    {
        foreach (ref T? place in _kept.AsSpan())
        {
            if (Interlocked.CompareExchange(ref place, scratch, null) is null)
            {
                return;
            }
        }
    }
}
