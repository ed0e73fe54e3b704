using System.Runtime.InteropServices;

namespace ArtSimilarity.CommandLine;

/// <summary>
/// Turns SIGINT (Ctrl-C) and SIGTERM into cancellation. The process ends at once at the second signal, or where the command has not
/// ended some time after the first.
/// </summary>
public sealed class Interruption : IDisposable
{
    private readonly CancellationTokenSource _source = new();
    private readonly PosixSignalRegistration[] _registrations;
    private readonly TimeSpan _grace;
    private readonly Action<int> _exit;
    private readonly Action _say;
    private int _signals;
    private Timer? _timer, _wordTimer;

    /// <summary>Begins to listen.</summary>
    /// <param name="grace">How long the command has to end after the first signal.</param>
    /// <param name="say">Called where the command has not ended a second after the first signal.</param>
    public Interruption(TimeSpan grace, Action say)
        : this(grace, say, Environment.Exit)
    {
    }

    /// <summary>Begins to listen, with another way to end the process.</summary>
    internal Interruption(TimeSpan grace, Action say, Action<int> exit)
    {
        _grace = grace;
        _say = say;
        _exit = exit;
        _registrations = [.. ((PosixSignal[])[PosixSignal.SIGINT, PosixSignal.SIGTERM]).Select(signal => PosixSignalRegistration.Create(signal, context =>
        {
            context.Cancel = true;
            Interrupt(ExitCode.OfSignal(context.Signal));
        }))];
    }

    /// <summary>Cancelled by the first signal.</summary>
    public CancellationToken Token => _source.Token;

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (PosixSignalRegistration registration in _registrations)
        {
            registration.Dispose();
        }

        _timer?.Dispose();
        _wordTimer?.Dispose();
        _source.Dispose();
    }

    /// <summary>What a signal does.</summary>
    /// <param name="exitCode">The exit code where the process ends at once.</param>
    internal void Interrupt(int exitCode)
    {
        if (Interlocked.Increment(ref _signals) > 1)
        {
            _exit(exitCode);
            return;
        }

        _wordTimer = new Timer(_ => _say(), null, TimeSpan.FromSeconds(1), Timeout.InfiniteTimeSpan);
        _timer = new Timer(_ => _exit(exitCode), null, _grace, Timeout.InfiniteTimeSpan);
        _source.Cancel();
    }
}
