using ArtSimilarity.Cli.Files;
using ArtSimilarity.CommandLine;

namespace ArtSimilarity.Cli.Output;

/// <summary>The table of <c>--csv</c>.</summary>
/// <param name="File">Its file; <see langword="null"/> for the output.</param>
/// <param name="Records">Its lines, each with its end.</param>
internal sealed record CsvFile(OutputFile? File, IEnumerable<string> Records) : IResultFile
{
    public void Write(CliConsole console) => CsvOutput.Write(console, File, Records);
}
