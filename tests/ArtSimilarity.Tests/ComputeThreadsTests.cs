using ArtSimilarity.Galleries;
using Xunit;

namespace ArtSimilarity.Tests;

public sealed class ComputeThreadsTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public async Task All_work_is_done_by_no_more_threads_than_allowed(int count)
    {
        using var threads = new ComputeThreads(count, "test");
        int running = 0, most = 0, done = 0;
        await Task.WhenAll(Enumerable.Range(0, 200).Select(i => threads.RunAsync(
            async () =>
            {
                for (int part = 0; part < 3; part++)
                {
                    Assert.Same(threads, TaskScheduler.Current);
                    int now = Interlocked.Increment(ref running);
                    InterlockedMax(ref most, now);
                    Thread.SpinWait(1000);
                    Interlocked.Decrement(ref running);
                    await Task.Yield();
                }

                Interlocked.Increment(ref done);
            },
            Cancellation)));
        Assert.Equal(200, done);
        Assert.InRange(most, 1, count);
    }

    [Fact]
    public async Task Threads_begin_again_when_they_had_ended()
    {
        using var threads = new ComputeThreads(1, "test");
        Thread first = await threads.RunAsync(() => Task.FromResult(Thread.CurrentThread), Cancellation);
        Assert.Same(first, await threads.RunAsync(() => Task.FromResult(Thread.CurrentThread), Cancellation));
        threads.Dispose();
        Assert.True(first.Join(TimeSpan.FromMinutes(1)), "the thread goes on without anything to do");
        Assert.NotSame(first, await threads.RunAsync(() => Task.FromResult(Thread.CurrentThread), Cancellation));
    }

    [Fact]
    public async Task What_is_cancelled_before_its_turn_is_not_run()
    {
        using var threads = new ComputeThreads(1, "test");
        using var mayEnd = new ManualResetEventSlim();
        using var stop = new CancellationTokenSource();
        bool wasRun = false;
        Task first = threads.RunAsync(
            () =>
            {
                mayEnd.Wait(Cancellation);
                return Task.CompletedTask;
            },
            Cancellation);
        Task second = threads.RunAsync(
            () =>
            {
                wasRun = true;
                return Task.CompletedTask;
            },
            stop.Token);
        await stop.CancelAsync();
        mayEnd.Set();
        await first;
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
        await Assert.ThrowsAsync<InvalidDataException>(() => threads.RunAsync(() => throw new InvalidDataException("broken"), Cancellation));
        Assert.False(wasRun);
    }

    private static void InterlockedMax(ref int target, int value)
    {
        for (int seen = Volatile.Read(ref target); value > seen && Interlocked.CompareExchange(ref target, value, seen) != seen; seen = Volatile.Read(ref target))
        {
        }
    }
}
