namespace ArtSimilarity.CommandLine;

/// <summary>A result in a further form, such as a report or a table, that an option asks for.</summary>
public interface IResultFile
{
    /// <summary>Writes it to its file, or to the output where the option says so.</summary>
    /// <param name="console">The output.</param>
    void Write(CliConsole console);
}
