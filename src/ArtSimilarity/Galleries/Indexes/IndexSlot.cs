namespace ArtSimilarity.Galleries.Indexes;

/// <summary>The place of one open index: holds it, lets searches hold it too, and lets only one refresh of it run at a time.</summary>
/// <param name="refresh">Opens the index or brings the open one in step with the store; puts a newly opened one here.</param>
internal sealed class IndexSlot(Func<Task> refresh)
{
    private readonly Lock _gate = new();
    private LiveIndex? _current;
    private Task? _refresh;
    private Task _formersClosed = Task.CompletedTask;
    private bool _closed;

    public bool IsEmpty => Volatile.Read(ref _current) is null;

    /// <summary>The open index, held for the caller; <see langword="null"/> when there is none.</summary>
    public LiveIndex? TryHold()
    {
        while (Volatile.Read(ref _current) is LiveIndex index)
        {
            if (index.TryHold())
            {
                return index;
            }

            // It was replaced, and closed, between the two.
        }

        return null;
    }

    /// <summary>Refreshes the index, or joins the refresh that runs.</summary>
    /// <param name="here">
    /// Whether a refresh that begins now runs on the calling thread: right where there is little to do, since another thread may be long in
    /// coming when many searches keep the pool busy.
    /// </param>
    /// <param name="isJoined">Whether the refresh had begun before, so that it may miss what was committed since.</param>
    /// <remarks>
    /// A refresh belongs to no one search: whoever stops waiting for it leaves it to the others, so that one longer than every caller's
    /// patience still ends some time.
    /// </remarks>
    /// <exception cref="ObjectDisposedException">The gallery is closed.</exception>
    public Task RefreshAsync(bool here, out bool isJoined)
    {
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_closed, typeof(Gallery));
            isJoined = _refresh is { IsCompleted: false };
            if (isJoined)
            {
                return _refresh!;
            }

            _refresh = ended.Task;
        }

        _ = here ? RunAsync(ended) : Task.Run(() => RunAsync(ended));
        return ended.Task;
    }

    /// <summary>Puts an index in the place of the open one, which is closed when its last search ends.</summary>
    public void Replace(LiveIndex? index)
    {
        index?.TryHold();
        LiveIndex? former;
        lock (_gate)
        {
            former = _current;
            Volatile.Write(ref _current, index);
            if (former is not null)
            {
                _formersClosed = _formersClosed.IsCompleted ? former.Closed : Task.WhenAll(_formersClosed, former.Closed);
            }
        }

        former?.Release();
    }

    /// <summary>Waits for the refresh that runs and for the searches, and closes the index.</summary>
    public async Task CloseAsync()
    {
        Task? refreshing;
        lock (_gate)
        {
            _closed = true;
            refreshing = _refresh;
        }

        if (refreshing is not null)
        {
            await refreshing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        Replace(null);
        await _formersClosed.ConfigureAwait(false);
    }

    private async Task RunAsync(TaskCompletionSource ended)
    {
        try
        {
            await refresh().ConfigureAwait(false);
            ended.SetResult();
        }
        catch (OperationCanceledException e)
        {
            ended.SetCanceled(e.CancellationToken);
        }
        catch (Exception e)
        {
            ended.SetException(e); // for whoever waits; nobody may
        }
    }
}
