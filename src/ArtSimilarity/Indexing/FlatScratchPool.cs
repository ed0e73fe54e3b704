namespace ArtSimilarity.Indexing;

/// <summary>
/// Keeps as many scratch buffers as there are processors. Unlike a shared array pool it neither trims nor keeps one per thread, so
/// that a search allocates nothing whatever thread it runs on.
/// </summary>
internal sealed class FlatScratchPool
{
    private readonly FlatScratch?[] _kept = new FlatScratch?[Environment.ProcessorCount];

    public FlatScratch Rent()
    {
        foreach (ref FlatScratch? place in _kept.AsSpan())
        {
            if (Interlocked.Exchange(ref place, null) is FlatScratch scratch)
            {
                return scratch;
            }
        }

        return new FlatScratch();
    }

    public void Return(FlatScratch scratch)
    {
        foreach (ref FlatScratch? place in _kept.AsSpan())
        {
            if (Interlocked.CompareExchange(ref place, scratch, null) is null)
            {
                return;
            }
        }
    }
}
