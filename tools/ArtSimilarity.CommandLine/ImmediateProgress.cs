namespace ArtSimilarity.CommandLine;

/// <summary>Progress that is told on the reporting thread, in order; <see cref="Progress{T}"/> posts it elsewhere.</summary>
public sealed class ImmediateProgress<T>(Action<T> report) : IProgress<T>
{
    public void Report(T value) => report(value);
}
