namespace ArtSimilarity.CommandLine;

/// <summary>The command was called in a way that makes no sense; the message is one line for the user (exit code 2).</summary>
public sealed class UsageException(string message) : Exception(message);
