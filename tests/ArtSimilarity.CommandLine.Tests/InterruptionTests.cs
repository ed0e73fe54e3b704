namespace ArtSimilarity.CommandLine.Tests;

public sealed class InterruptionTests
{
    [Fact]
    public void The_first_signal_cancels_and_the_second_ends_the_process()
    {
        List<int> exits = [];
        using var interruption = new Interruption(TimeSpan.FromHours(1), () => { }, exits.Add);
        Assert.False(interruption.Token.IsCancellationRequested);

        interruption.Interrupt(130);
        Assert.True(interruption.Token.IsCancellationRequested);
        Assert.Empty(exits);

        interruption.Interrupt(143);
        Assert.Equal([143], exits);
    }

    [Fact]
    public async Task A_command_that_takes_long_to_end_says_so()
    {
        var said = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var interruption = new Interruption(TimeSpan.FromHours(1), () => said.TrySetResult(), _ => { });
        interruption.Interrupt(130);
        await said.Task.WaitAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task A_command_that_does_not_end_is_ended()
    {
        var ended = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var interruption = new Interruption(TimeSpan.FromMilliseconds(1), () => { }, code => ended.TrySetResult(code));
        interruption.Interrupt(143);
        Assert.Equal(143, await ended.Task.WaitAsync(TestContext.Current.CancellationToken));
    }
}
