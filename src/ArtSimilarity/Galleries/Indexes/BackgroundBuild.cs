using System.Runtime.ExceptionServices;

namespace ArtSimilarity.Galleries.Indexes;

/// <summary>
/// Runs a build on a thread of its own, one at a time. After a failure it is begun again by itself only when some time has
/// passed, the longer the more often it failed.
/// </summary>
/// <param name="build">The build; blocks until it has ended.</param>
/// <param name="failed">
/// Told of a failure that nobody waits for: the cause, how many there were in a row, and how long no other build begins by itself. Whoever
/// waits gets the exception, and it is theirs to report.
/// </param>
/// <param name="clock">Measures the time since a failure.</param>
/// <param name="closing">Cancels the build that runs, before <see cref="CloseAsync"/>.</param>
internal sealed class BackgroundBuild(
    Action<IProgress<double>, CancellationToken> build, Action<Exception, int, TimeSpan> failed, TimeProvider clock, CancellationToken closing)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(30), LongestPause = TimeSpan.FromHours(1);
    private readonly Lock _gate = new();
    private Run? _running;
    private IndexBuildFailure? _lastFailure;
    private int _failures;
    private long _failedAt;
    private bool _closed;

    /// <summary>How far the running build has come, <see langword="null"/> while none runs, and how the last one failed, <see langword="null"/> unless it did.</summary>
    public (double? Progress, IndexBuildFailure? LastFailure) State
    {
        get
        {
            lock (_gate)
            {
                return (_running?.Done, _lastFailure);
            }
        }
    }

    /// <summary>Begins a build unless one runs or one failed a short while ago.</summary>
    public void BeginIfDue()
    {
        lock (_gate)
        {
            if (_running is null && !_closed && (_failures == 0 || clock.GetElapsedTime(_failedAt) >= PauseAfter(_failures)))
            {
                Begin();
            }
        }
    }

    /// <summary>Waits for the build that runs or, when none does, for one that is begun now.</summary>
    /// <param name="progress">Told how much is done, from 0 to 1.</param>
    /// <param name="cancellationToken">Ends the waiting, not the build.</param>
    /// <exception cref="ObjectDisposedException">The gallery is closed.</exception>
    /// <remarks>What the build throws is thrown here.</remarks>
    public async Task RunAsync(IProgress<double>? progress, CancellationToken cancellationToken)
    {
        Run run;
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_closed, typeof(Gallery));
            run = _running ?? Begin();
            run.Waiting++;
        }

        run.AddListener(progress);
        try
        {
            ExceptionDispatchInfo? failure = await run.Ended.WaitAsync(cancellationToken).ConfigureAwait(false);
            ObjectDisposedException.ThrowIf(failure?.SourceException is OperationCanceledException && closing.IsCancellationRequested, typeof(Gallery));
            failure?.Throw();
        }
        finally
        {
            run.RemoveListener(progress);
            lock (_gate)
            {
                run.Waiting--;
            }
        }
    }

    /// <summary>Waits for the end of the build that runs; no other begins.</summary>
    public async Task CloseAsync()
    {
        Run? running;
        lock (_gate)
        {
            _closed = true;
            running = _running;
        }

        if (running is not null)
        {
            await running.Ended.ConfigureAwait(false);
        }
    }

    private static TimeSpan PauseAfter(int failures) =>
        TimeSpan.FromTicks(Math.Min(LongestPause.Ticks, FirstPause.Ticks << Math.Min(failures - 1, 20)));

    private Run Begin()
    {
        var run = new Run();

        // Blocks for as long as the build takes, so it is none of the pool's threads. The priority asks the system to let searches
        // go first, where it listens (Linux does not).
        new Thread(() => Execute(run)) { IsBackground = true, Name = "ArtSimilarity index build", Priority = ThreadPriority.BelowNormal }.Start();
        return _running = run;
    }

    private void Execute(Run run)
    {
        ExceptionDispatchInfo? failure = null;
        try
        {
            build(run, closing);
        }
        catch (Exception e)
        {
            failure = ExceptionDispatchInfo.Capture(e); // for whoever waits; nobody may
        }

        bool stopped = failure?.SourceException is OperationCanceledException && closing.IsCancellationRequested;
        int failures;
        bool isAwaited;
        lock (_gate)
        {
            isAwaited = run.Waiting > 0;
            _running = null;
            failures = _failures = failure is null ? 0 : _failures + 1;
            _failedAt = clock.GetTimestamp();
            _lastFailure = failure is null || stopped ? null : new IndexBuildFailure { Cause = failure.SourceException, Time = clock.GetUtcNow(), Failures = failures };
        }

        if (failure is not null && !stopped && !isAwaited)
        {
            try
            {
                failed(failure.SourceException, failures, PauseAfter(failures));
            }
            catch (Exception)
            {
                // A log that fails. Nothing above would catch it on this thread, and the process would end.
            }
        }

        run.End(failure);
    }

    /// <summary>One build: how far it has come and how it ends.</summary>
    private sealed class Run : IProgress<double>
    {
        private readonly TaskCompletionSource<ExceptionDispatchInfo?> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly Lock _gate = new();
        private readonly List<IProgress<double>> _listeners = [];
        private double _done;

        /// <summary>How many wait for the end. Guarded by the gate of the builds.</summary>
        public int Waiting { get; set; }

        public Task<ExceptionDispatchInfo?> Ended => _ended.Task;

        public double Done => Volatile.Read(ref _done);

        public void Report(double value)
        {
            lock (_gate)
            {
                // A build that begins again, in memory because its file cannot be written, does not go back.
                if (value > _done)
                {
                    Volatile.Write(ref _done, value);
                    _listeners.ForEach(listener => listener.Report(value));
                }
            }
        }

        public void AddListener(IProgress<double>? listener)
        {
            if (listener is not null)
            {
                lock (_gate)
                {
                    _listeners.Add(listener);
                    listener.Report(_done);
                }
            }
        }

        public void RemoveListener(IProgress<double>? listener)
        {
            if (listener is not null)
            {
                lock (_gate)
                {
                    _listeners.Remove(listener);
                }
            }
        }

        public void End(ExceptionDispatchInfo? failure) => _ended.SetResult(failure);
    }
}
