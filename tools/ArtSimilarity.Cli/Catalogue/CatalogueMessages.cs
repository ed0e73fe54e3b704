using System.Globalization;
using ArtSimilarity.Catalogues;
using ArtSimilarity.CommandLine;

namespace ArtSimilarity.Cli.Catalogue;

/// <summary>What artsim says of catalogues: how they were understood, what is odd in them, and which option helps.</summary>
internal static class CatalogueMessages
{
    /// <summary>Says on the error stream how the file was understood, where that is not plain, and what was odd in it.</summary>
    public static void Report(this MetadataCatalogue catalogue, CliConsole console)
    {
        if (catalogue.Table.IsEncodingGuessed)
        {
            console.Warn($"{catalogue.Path} is not UTF-8: it is read as {catalogue.Table.Encoding}. If names look wrong, say --encoding.");
        }

        if (catalogue.Table.HasReplacements)
        {
            console.Warn($"{catalogue.Path}: some bytes are no text in {catalogue.Table.Encoding}; each is read as \uFFFD. If there are many, say --encoding.");
        }

        if (catalogue.WebAddresses > 0)
        {
            console.Warn($"{catalogue.Path}: {Counted.Of(catalogue.WebAddresses, "row names its picture", "rows name their pictures")} by a web address. artsim fetches nothing; it looks for a picture of that name among yours.");
        }

        catalogue.Problems.Report(console, catalogue.Path);
    }

    /// <summary>Names the first ones on the error stream, and counts the rest.</summary>
    public static void Report(this CsvProblems problems, CliConsole console, string path)
    {
        foreach (string problem in problems.First)
        {
            console.Warn($"{path}, {problem}.");
        }

        if (problems.Count > problems.First.Count)
        {
            console.Warn(string.Create(CultureInfo.InvariantCulture, $"{path}: {problems.Count - problems.First.Count:N0} more rows are odd, {problems.Count:N0} in all."));
        }
    }

    /// <summary>The exit code and the message of a catalogue that cannot be used.</summary>
    public static (int Code, string Message) Explain(CatalogueException exception) => exception.Error switch
    {
        CatalogueError.NoSuchColumn => (ExitCode.WrongUsage, $"--map {exception.Message}"),
        CatalogueError.NoKeyColumn => (ExitCode.Failed, $"{exception.Message} Name the columns with --map file=COLUMN, and what separates them with --delimiter."),
        CatalogueError.Encoding => (ExitCode.Failed, $"{exception.Message} Say what it is with --encoding."),
        _ => (ExitCode.Failed, exception.Message),
    };
}
