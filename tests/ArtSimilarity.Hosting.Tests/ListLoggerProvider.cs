using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace ArtSimilarity.Hosting.Tests;

/// <summary>Keeps what galleries log.</summary>
internal sealed class ListLoggerProvider : ILoggerProvider
{
    public ConcurrentQueue<(LogLevel Level, string Message, Exception? Cause)> Entries { get; } = new();

    public ILogger CreateLogger(string categoryName) => new ListLogger(categoryName.StartsWith("ArtSimilarity.", StringComparison.Ordinal) ? Entries : new());

    public void Dispose()
    {
    }

    private sealed class ListLogger(ConcurrentQueue<(LogLevel Level, string Message, Exception? Cause)> entries) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            entries.Enqueue((logLevel, formatter(state, exception), exception));
    }
}
