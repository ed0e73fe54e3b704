using Spectre.Console;

namespace ArtSimilarity.CommandLine;

/// <summary>
/// Where a command writes: results to the output, everything else (progress, warnings, errors) to the error stream, so that
/// the output can always be piped.
/// </summary>
/// <param name="program">The name of the program, with which warnings begin.</param>
/// <param name="output">The output.</param>
/// <param name="error">The error stream.</param>
/// <param name="outputIsTerminal">Whether the output is a terminal.</param>
/// <param name="errorIsTerminal">Whether the error stream is a terminal.</param>
public sealed class CliConsole(string program, TextWriter output, TextWriter error, bool outputIsTerminal, bool errorIsTerminal)
{
    // A pipe has no width; nothing should be wrapped or cut there.
    private const int WidthOfAPipe = 10_000;

    private readonly IAnsiConsole _screen = Create(output, outputIsTerminal);

    /// <summary>The output, for people: control characters in what is written are escaped.</summary>
    public TextWriter Output { get; } = new TerminalWriter(output);

    /// <summary>The output, for documents that another program reads: written as they are.</summary>
    public TextWriter Documents { get; } = output;

    /// <summary>The error stream: control characters in what is written are escaped.</summary>
    public TextWriter Error { get; } = new TerminalWriter(error);

    public bool OutputIsTerminal { get; } = outputIsTerminal;

    public bool ErrorIsTerminal { get; } = errorIsTerminal;

    /// <summary>Opens the standard input.</summary>
    public Func<Stream> OpenInput { get; init; } = StandardInput.Open;

    /// <summary>The error stream, for progress bars.</summary>
    public IAnsiConsole Log { get; } = Create(error, errorIsTerminal);

    /// <summary>An empty table: with lines on a terminal, bare columns elsewhere. A column without any text is not shown.</summary>
    public ConsoleTable NewTable(params ReadOnlySpan<string> columns) => new(OutputIsTerminal ? TableBorder.Rounded : TableBorder.None, columns) { DropsEmptyColumns = true };

    /// <summary>Writes a table to the output.</summary>
    public void Write(ConsoleTable table) => _screen.Write(table.Render());

    public void Warn(string message) => Error.WriteLine($"{program}: {message}");

    private static IAnsiConsole Create(TextWriter writer, bool isTerminal)
    {
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(writer),
            Ansi = isTerminal ? AnsiSupport.Detect : AnsiSupport.No,
            ColorSystem = isTerminal ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
            Interactive = isTerminal ? InteractionSupport.Detect : InteractionSupport.No,
        });
        if (!isTerminal)
        {
            console.Profile.Width = WidthOfAPipe;
        }

        return console;
    }
}
