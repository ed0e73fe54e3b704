using System.Text;
using ArtSimilarity.Cli.Files;
using ArtSimilarity.CommandLine;

namespace ArtSimilarity.Cli.Output;

/// <summary>Writes a table as CSV in UTF-8.</summary>
internal static class CsvOutput
{
    /// <summary>The name that stands for the standard output.</summary>
    public const string StandardOutput = "-";

    /// <summary>Writes records to a file, or to the output where there is none.</summary>
    public static void Write(CliConsole console, OutputFile? file, IEnumerable<string> lines)
    {
        if (file is not null)
        {
            // The mark lets spreadsheets see that it is UTF-8.
            file.Write(path =>
            {
                using var writer = new StreamWriter(path, append: false, new UTF8Encoding(encoderShouldEmitUTF8Identifier: true));
                foreach (string line in lines)
                {
                    writer.Write(line);
                }
            });
            return;
        }

        TextWriter output = console.OutputIsTerminal ? console.Output : console.Documents;
        foreach (string line in lines)
        {
            output.Write(line);
        }
    }
}
