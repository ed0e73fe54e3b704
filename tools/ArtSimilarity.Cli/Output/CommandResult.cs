using ArtSimilarity.Cli.Files;
using ArtSimilarity.Cli.Reports;
using ArtSimilarity.CommandLine;

namespace ArtSimilarity.Cli.Output;

/// <summary>What a command came to, in every form it can be written in; <see cref="ResultWriter"/> chooses.</summary>
/// <typeparam name="T">The document of <c>--json</c>.</typeparam>
/// <param name="document">Makes the document.</param>
/// <param name="text">Tells people: tables and lines.</param>
internal sealed class CommandResult<T>(Func<T> document, Action<CliConsole> text)
{
    /// <summary>Makes the document of <c>--json</c>.</summary>
    public Func<T> Document => document;

    /// <summary>Writes what people read, where no document is asked for.</summary>
    public Action<CliConsole> Text => text;

    /// <summary>The report with pictures, and its file; <see langword="null"/> where none is asked for.</summary>
    public (OutputFile File, ReportPage Page)? Html { get; init; }

    /// <summary>The records of the CSV and its file, which is <see langword="null"/> for the output; <see langword="null"/> where none is asked for.</summary>
    public (OutputFile? File, IEnumerable<string> Records)? Csv { get; init; }

    /// <summary>The command's exit code.</summary>
    public int ExitCode { get; init; } = ArtSimilarity.CommandLine.ExitCode.Done;
}
