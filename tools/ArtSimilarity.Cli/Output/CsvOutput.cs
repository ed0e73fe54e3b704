using System.Text;
using ArtSimilarity.Cli.Catalogue;
using ArtSimilarity.Cli.Files;
using ArtSimilarity.CommandLine;

namespace ArtSimilarity.Cli.Output;

/// <summary>
/// A table as CSV (RFC 4180, UTF-8). A text that a spreadsheet would take for a formula begins with an apostrophe, so that it stays
/// text: titles and keys come from strangers.
/// </summary>
internal static class CsvOutput
{
    /// <summary>The name that stands for the standard output.</summary>
    public const string StandardOutput = "-";

    /// <summary>One record, with its line end.</summary>
    public static string Line(IEnumerable<string?> fields) => string.Join(',', fields.Select(Field)) + "\n";

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

    private static string Field(string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            return "";
        }

        string safe = CsvFormula.Guard(text);
        return safe.AsSpan().ContainsAny(",\"\r\n") || safe[0] == ' ' || safe[^1] == ' ' ? $"\"{safe.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : safe;
    }
}
