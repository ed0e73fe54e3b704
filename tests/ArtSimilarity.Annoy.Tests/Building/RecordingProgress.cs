namespace ArtSimilarity.Annoy.Tests;

/// <summary>Keeps the reports of a build in the order they end, and may cancel it.</summary>
internal sealed class RecordingProgress : IProgress<double>
{
    private readonly List<double> _values = [];

    /// <summary>How long it takes to receive a report.</summary>
    public TimeSpan Delay { get; init; }

    /// <summary>The share of the build from which on it is cancelled.</summary>
    public double CancelledFrom { get; init; } = double.PositiveInfinity;

    public CancellationTokenSource? Source { get; init; }

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
        Thread.Sleep(Delay);
        lock (_values)
        {
            _values.Add(value);
        }

        if (value >= CancelledFrom)
        {
            Source!.Cancel();
        }
    }
}
