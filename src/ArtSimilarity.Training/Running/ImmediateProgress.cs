namespace ArtSimilarity.Training.Running;

/// <summary>Reports at once, on the thread that has something to report.</summary>
internal sealed class ImmediateProgress<T>(Action<T> report) : IProgress<T>
{
    public void Report(T value) => report(value);
}
