namespace ArtSimilarity.CommandLine;

/// <summary>What a command came to, in every form it can be written in; <see cref="DocumentWriter"/> chooses.</summary>
/// <typeparam name="T">The document of <c>--json</c>.</typeparam>
/// <param name="document">Makes the document.</param>
/// <param name="text">Tells people: tables and lines.</param>
public sealed class CommandResult<T>(Func<T> document, Action<CliConsole> text)
{
    /// <summary>Makes the document of <c>--json</c>.</summary>
    public Func<T> Document => document;

    /// <summary>Writes what people read, where no document is asked for.</summary>
    public Action<CliConsole> Text => text;

    /// <summary>The files that are asked for as well; written first.</summary>
    public IReadOnlyList<IResultFile> Files { get; init; } = [];

    /// <summary>The command's exit code.</summary>
    public int ExitCode { get; init; } = ArtSimilarity.CommandLine.ExitCode.Done;
}
