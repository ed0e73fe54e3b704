using ArtSimilarity.CommandLine;

namespace ArtSimilarity.Cli.Output;

/// <summary>Writes the results of commands: reports and CSV to their files, then a JSON document or a text to the output.</summary>
internal static class ResultWriter
{
    private static readonly DocumentWriter Documents = new(options => new JsonDocuments(options));

    /// <summary>Writes a result.</summary>
    /// <param name="console">Where to.</param>
    /// <param name="isJson">Whether <c>--json</c> is given.</param>
    /// <param name="result">The result.</param>
    /// <returns>The exit code.</returns>
    public static int Write<T>(CliConsole console, bool isJson, CommandResult<T> result) => Documents.Write(console, isJson, result);
}
