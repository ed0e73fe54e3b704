namespace ArtSimilarity.CommandLine;

/// <summary>The command cannot be carried out; the message is one line for the user (exit code 1).</summary>
public sealed class CommandFailedException(string message, Exception? innerException = null) : Exception(message, innerException);
