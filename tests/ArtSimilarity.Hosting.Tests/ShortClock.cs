namespace ArtSimilarity.Hosting.Tests;

/// <summary>A clock whose timers take a thousandth of the time.</summary>
internal sealed class ShortClock : TimeProvider
{
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        base.CreateTimer(callback, state, dueTime > TimeSpan.Zero ? dueTime / 1000 : dueTime, period);
}
