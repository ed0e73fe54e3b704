using ArtSimilarity.Cli.Reports;
using ArtSimilarity.CommandLine;

namespace ArtSimilarity.Cli.Output;

/// <summary>The one place where the results of commands are written: reports and CSV to their files, then a JSON document or a text to the output.</summary>
internal static class ResultWriter
{
    /// <summary>Writes a result.</summary>
    /// <param name="console">Where to.</param>
    /// <param name="isJson">Whether <c>--json</c> is given.</param>
    /// <param name="result">The result.</param>
    /// <returns>The exit code.</returns>
    public static int Write<T>(CliConsole console, bool isJson, CommandResult<T> result)
    {
        if (result.Html is var (report, page))
        {
            HtmlReport.Write(report, page);
        }

        if (result.Csv is var (table, records))
        {
            CsvOutput.Write(console, table, records);
        }

        if (isJson)
        {
            JsonDocuments.Write(console, result.Document());
        }
        else
        {
            result.Text(console);
        }

        return result.ExitCode;
    }
}
