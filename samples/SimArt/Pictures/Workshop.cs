namespace SimArt.Pictures;

/// <summary>Lets as many computations run as there are processors; the others wait without a thread. A request that is cancelled stops its own.</summary>
internal sealed class Workshop : IDisposable
{
    private readonly SemaphoreSlim _places = new(Environment.ProcessorCount);

    public async Task<T> RunAsync<T>(Func<CancellationToken, Task<T>> compute, CancellationToken cancellationToken)
    {
        await _places.WaitAsync(cancellationToken);
        try
        {
            return await Task.Run(() => compute(cancellationToken), cancellationToken);
        }
        finally
        {
            _places.Release();
        }
    }

    public void Dispose() => _places.Dispose();
}
