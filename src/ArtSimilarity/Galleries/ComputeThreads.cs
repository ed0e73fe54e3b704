namespace ArtSimilarity.Galleries;

/// <summary>
/// Some threads for work that computes, so that it keeps none of the thread pool's: there timers and continuations would wait for it. A
/// thread begins when it is needed and ends after some seconds without work.
/// </summary>
/// <param name="count">How many threads there are at most.</param>
/// <param name="name">What debuggers call them.</param>
internal sealed class ComputeThreads(int count, string name) : TaskScheduler, IDisposable
{
    private readonly Queue<Task> _tasks = new();
    private TimeSpan _patience = TimeSpan.FromSeconds(10);
    private int _threads, _idle;

    /// <inheritdoc/>
    public override int MaximumConcurrencyLevel => count;

    /// <summary>Runs work on these threads: all of it, where it awaits with <c>ConfigureAwait(true)</c>.</summary>
    public Task<T> RunAsync<T>(Func<Task<T>> work, CancellationToken cancellationToken) =>
        Task.Factory.StartNew(work, cancellationToken, TaskCreationOptions.DenyChildAttach, this).Unwrap();

    /// <inheritdoc cref="RunAsync{T}"/>
    public Task RunAsync(Func<Task> work, CancellationToken cancellationToken) =>
        Task.Factory.StartNew(work, cancellationToken, TaskCreationOptions.DenyChildAttach, this).Unwrap();

    /// <summary>Lets threads end as soon as they have nothing to do.</summary>
    public void Dispose()
    {
        lock (_tasks)
        {
            _patience = TimeSpan.Zero;
            Monitor.PulseAll(_tasks);
        }
    }

    /// <inheritdoc/>
    protected override void QueueTask(Task task)
    {
        lock (_tasks)
        {
            _tasks.Enqueue(task);
            if (_tasks.Count <= _idle)
            {
                Monitor.Pulse(_tasks);
            }
            else if (_threads < count)
            {
                new Thread(Run) { IsBackground = true, Name = name }.UnsafeStart();
                _threads++;
            }
        }
    }

    /// <inheritdoc/>
    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) => false;

    /// <inheritdoc/>
    protected override IEnumerable<Task> GetScheduledTasks()
    {
        lock (_tasks)
        {
            return [.. _tasks];
        }
    }

    private void Run()
    {
        while (Take() is Task task)
        {
            TryExecuteTask(task);
        }
    }

    /// <summary>The next task; <see langword="null"/> when the thread shall end.</summary>
    private Task? Take()
    {
        lock (_tasks)
        {
            while (_tasks.Count == 0)
            {
                _idle++;
                bool isPulsed = Monitor.Wait(_tasks, _patience);
                _idle--;
                if (_tasks.Count == 0 && (!isPulsed || _patience == TimeSpan.Zero))
                {
                    _threads--;
                    return null;
                }
            }

            return _tasks.Dequeue();
        }
    }
}
