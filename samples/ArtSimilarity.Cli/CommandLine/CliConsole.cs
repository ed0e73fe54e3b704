using Spectre.Console;

namespace ArtSimilarity.Cli.CommandLine;

/// <summary>
/// Where a command writes: results to the output, everything else (progress, warnings, errors) to the error stream, so that
/// the output can always be piped.
/// </summary>
internal sealed class CliConsole(TextWriter output, TextWriter error, bool outputIsTerminal, bool errorIsTerminal)
{
    // A pipe has no width; nothing should be wrapped or cut there.
    private const int WidthOfAPipe = 10_000;

    public TextWriter Output { get; } = output;

    public TextWriter Error { get; } = error;

    public bool OutputIsTerminal { get; } = outputIsTerminal;

    public bool ErrorIsTerminal { get; } = errorIsTerminal;

    /// <summary>The output with tables and, on a terminal, colours.</summary>
    public IAnsiConsole Screen { get; } = Create(output, outputIsTerminal);

    /// <summary>The error stream, for progress bars.</summary>
    public IAnsiConsole Log { get; } = Create(error, errorIsTerminal);

    /// <summary>An empty table: with lines on a terminal, bare columns elsewhere.</summary>
    public Table NewTable(params ReadOnlySpan<string> columns)
    {
        Table table = new Table().Border(OutputIsTerminal ? TableBorder.Rounded : TableBorder.None);
        foreach (string column in columns)
        {
            table.AddColumn(new TableColumn(Markup.Escape(column)));
        }

        return table;
    }

    public void Warn(string message) => Error.WriteLine($"artsim: {message}");

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
