using ArtSimilarity.Cli.Files;
using ArtSimilarity.Cli.Reports;
using ArtSimilarity.CommandLine;

namespace ArtSimilarity.Cli.Output;

/// <summary>The report with pictures.</summary>
/// <param name="File">Its file.</param>
/// <param name="Page">What it says.</param>
internal sealed record HtmlFile(OutputFile File, ReportPage Page) : IResultFile
{
    public void Write(CliConsole console) => HtmlReport.Write(File, Page);
}
