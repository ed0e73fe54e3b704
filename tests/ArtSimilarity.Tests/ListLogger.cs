using System.Collections.Concurrent;
using ArtSimilarity.Galleries;
using Microsoft.Extensions.Logging;

namespace ArtSimilarity.Tests;

/// <summary>Keeps what is logged.</summary>
internal sealed class ListLogger : ILogger<Gallery>
{
    public ConcurrentQueue<(LogLevel Level, string Message, Exception? Cause)> Entries { get; } = new();

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        Entries.Enqueue((logLevel, formatter(state, exception), exception));
}
