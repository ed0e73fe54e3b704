namespace ArtSimilarity.FastScan.Tests.Building;

/// <summary>Keeps the reports of a build in the order they end, and may cancel it.</summary>
internal sealed class RecordingProgress : IProgress<double>
{
    private readonly List<double> _values = [];
    private int _receiving;

    /// <summary>How long it takes to receive a report.</summary>
    public TimeSpan Delay { get; init; }

    /// <summary>The share of the build from which on it is cancelled.</summary>
    public double CancelledFrom { get; init; } = double.PositiveInfinity;

    public CancellationTokenSource? Source { get; init; }

    /// <summary>Whether a report came while another was received: nobody could tell which is the later.</summary>
    public bool Overlapped { get; private set; }

    public double[] Values
    {
        get
        {
            lock (_values)
            {
                return [.. _values];
            }
        }
    }

    public void Report(double value)
    {
        Overlapped |= Interlocked.Increment(ref _receiving) > 1;
        Thread.Sleep(Delay);
        lock (_values)
        {
            _values.Add(value);
        }

        Interlocked.Decrement(ref _receiving);

        if (value >= CancelledFrom)
        {
            Source!.Cancel();
        }
    }
}
