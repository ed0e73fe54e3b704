namespace ArtSimilarity.Searching;

/// <summary>What no search uses at the moment, as many as searches may run at once. A search that finds one idle allocates nothing.</summary>
internal sealed class ScratchPool<T>(Func<T> create)
    where T : class
{
    private readonly T?[] _idle = new T?[2 * Environment.ProcessorCount];

    public T Rent()
    {
        for (int i = 0; i < _idle.Length; i++)
        {
            if (_idle[i] is not null && Interlocked.Exchange(ref _idle[i], null) is T idle)
            {
                return idle;
            }
        }

        return create();
    }

    public void Return(T used)
    {
        for (int i = 0; i < _idle.Length; i++)
        {
            if (_idle[i] is null && Interlocked.CompareExchange(ref _idle[i], used, null) is null)
            {
                return;
            }
        }
    }
}
