using System.Collections.Concurrent;
using ArtSimilarity.Galleries.Indexes;
using Xunit;

namespace ArtSimilarity.Tests;

public sealed class BackgroundBuildTests : IDisposable
{
    private readonly ManualClock _clock = new();
    private readonly ConcurrentQueue<(string Message, int Failures, TimeSpan Pause)> _failures = new();
    private readonly CancellationTokenSource _closing = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _closing.Dispose();

    [Fact]
    public async Task Those_who_wait_for_one_build_share_it()
    {
        using var mayEnd = new ManualResetEventSlim();
        int begun = 0;
        BackgroundBuild build = Create((_, _) =>
        {
            Interlocked.Increment(ref begun);
            mayEnd.Wait(Cancellation);
        });
        build.BeginIfDue();
        Task first = build.RunAsync(null, Cancellation), second = build.RunAsync(null, Cancellation);
        build.BeginIfDue();
        mayEnd.Set();
        await Task.WhenAll(first, second);
        Assert.Equal(1, begun);
        await build.RunAsync(null, Cancellation);
        Assert.Equal(2, begun);
    }

    [Fact]
    public async Task A_failed_build_begins_again_by_itself_only_after_a_pause_that_doubles()
    {
        int begun = 0;
        BackgroundBuild build = Create((_, _) => throw new InvalidDataException($"attempt {Interlocked.Increment(ref begun)}"));
        TimeSpan pause = TimeSpan.FromSeconds(30);
        for (int attempt = 1; attempt <= 12; attempt++)
        {
            build.BeginIfDue();
            await WaitForFailuresAsync(attempt);
            Assert.Equal(($"attempt {attempt}", attempt, pause), _failures.Last());
            _clock.Advance(pause - TimeSpan.FromSeconds(1));
            build.BeginIfDue();
            Assert.Equal(attempt, Volatile.Read(ref begun));
            _clock.Advance(TimeSpan.FromSeconds(1));
            pause = TimeSpan.FromTicks(Math.Min(TimeSpan.FromHours(1).Ticks, pause.Ticks * 2));
        }
    }

    [Fact]
    public async Task Whoever_waits_gets_the_failure_and_begins_a_build_without_a_pause()
    {
        int begun = 0;
        BackgroundBuild build = Create((_, _) =>
        {
            if (Interlocked.Increment(ref begun) < 3)
            {
                throw new InvalidDataException($"attempt {begun}");
            }
        });
        Assert.Equal("attempt 1", (await Assert.ThrowsAsync<InvalidDataException>(() => build.RunAsync(null, Cancellation))).Message);
        Assert.Equal("attempt 2", (await Assert.ThrowsAsync<InvalidDataException>(() => build.RunAsync(null, Cancellation))).Message);
        await build.RunAsync(null, Cancellation);
        build.BeginIfDue(); // a success ends the pauses
        await build.RunAsync(null, Cancellation);
        Assert.InRange(begun, 4, 5);
        Assert.Empty(_failures); // whoever got the exception reports it, and nobody else
    }

    [Fact]
    public async Task Progress_reaches_all_who_wait_and_never_goes_back()
    {
        using var half = new ManualResetEventSlim();
        using var mayEnd = new ManualResetEventSlim();
        BackgroundBuild build = Create((progress, _) =>
        {
            progress.Report(0.5);
            half.Set();
            mayEnd.Wait(Cancellation);
            progress.Report(0.25);
            progress.Report(1);
        });
        var early = new Recorder();
        var late = new Recorder();
        Task first = build.RunAsync(early, Cancellation);
        half.Wait(Cancellation);
        Task second = build.RunAsync(late, Cancellation);
        mayEnd.Set();
        await Task.WhenAll(first, second);
        Assert.Equal([0.5, 1], early.Values.Where(value => value > 0));
        Assert.Equal([0.5, 1], late.Values);
    }

    [Fact]
    public async Task Whoever_stops_waiting_leaves_the_build_to_the_others()
    {
        using var mayEnd = new ManualResetEventSlim();
        bool ended = false;
        BackgroundBuild build = Create((_, cancellationToken) =>
        {
            mayEnd.Wait(cancellationToken);
            ended = true;
        });
        using var impatient = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        Task first = build.RunAsync(null, impatient.Token), second = build.RunAsync(null, Cancellation);
        await impatient.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        mayEnd.Set();
        await second;
        Assert.True(ended);
    }

    [Fact]
    public async Task Closing_cancels_the_build_and_waits_for_its_end()
    {
        bool ended = false;
        using var begun = new ManualResetEventSlim();
        BackgroundBuild build = Create((_, cancellationToken) =>
        {
            begun.Set();
            try
            {
                cancellationToken.WaitHandle.WaitOne();
                cancellationToken.ThrowIfCancellationRequested();
            }
            finally
            {
                Thread.Sleep(50);
                Volatile.Write(ref ended, true);
            }
        });
        Task waiting = build.RunAsync(null, Cancellation);
        begun.Wait(Cancellation);
        await _closing.CancelAsync();
        await build.CloseAsync();
        Assert.True(Volatile.Read(ref ended));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => waiting);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => build.RunAsync(null, Cancellation));
        build.BeginIfDue();
        Assert.Empty(_failures);
    }

    [Fact]
    public async Task A_failure_is_told_when_whoever_waited_has_gone()
    {
        using var mayEnd = new ManualResetEventSlim();
        BackgroundBuild build = Create((_, _) =>
        {
            mayEnd.Wait(Cancellation);
            throw new InvalidDataException("no");
        });
        using var impatient = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        Task waiting = build.RunAsync(null, impatient.Token);
        await impatient.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        mayEnd.Set();
        await WaitForFailuresAsync(1);
        Assert.Equal("no", Assert.Single(_failures).Message);
    }

    [Fact]
    public async Task A_log_that_fails_does_not_end_the_process()
    {
        int begun = 0;
        using var logged = new ManualResetEventSlim();
        var build = new BackgroundBuild(
            (_, _) =>
            {
                if (Interlocked.Increment(ref begun) == 1)
                {
                    throw new InvalidDataException("no");
                }
            },
            (_, _, _) =>
            {
                logged.Set();
                throw new InvalidOperationException("the log is full");
            },
            _clock,
            _closing.Token);
        build.BeginIfDue();
        logged.Wait(Cancellation);
        await build.RunAsync(null, Cancellation);
        Assert.Equal(2, begun);
    }

    private BackgroundBuild Create(Action<IProgress<double>, CancellationToken> build) =>
        new(build, (cause, failures, pause) => _failures.Enqueue((cause.Message, failures, pause)), _clock, _closing.Token);

    private async Task WaitForFailuresAsync(int count)
    {
        while (_failures.Count < count)
        {
            await Task.Delay(1, Cancellation);
        }
    }

    private sealed class Recorder : IProgress<double>
    {
        public ConcurrentQueue<double> Values { get; } = new();

        public void Report(double value) => Values.Enqueue(value);
    }
}
