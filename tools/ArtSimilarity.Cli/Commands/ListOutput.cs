using System.Globalization;
using ArtSimilarity.Cli.Files;
using ArtSimilarity.CommandLine;

namespace ArtSimilarity.Cli.Commands;

/// <summary>Where <c>artsim list</c> writes, and how much.</summary>
/// <param name="Console">The console.</param>
/// <param name="IsJson">Whether to print one JSON document.</param>
/// <param name="IsCsv">Whether to write CSV.</param>
/// <param name="File">The CSV file; <see langword="null"/> for the output.</param>
/// <param name="Limit">How many at most; <see langword="null"/> where the user says nothing.</param>
internal sealed record ListOutput(CliConsole Console, bool IsJson, bool IsCsv, OutputFile? File, int? Limit)
{
    /// <summary>Whether a table for people is printed.</summary>
    public bool IsTable => !IsJson && !IsCsv;

    /// <summary>Says how many there are, and whether some are not shown.</summary>
    public void Sum(int shown, int total, string what, string? more)
    {
        if (File is not null)
        {
            Console.Output.WriteLine(File.FullPath);
        }

        string all = shown == total ? Counted.Of(total, what) : string.Create(CultureInfo.InvariantCulture, $"The first {shown:N0} of {Counted.Of(total, what)}; --limit shows more, --csv FILE and --json all");
        Console.Error.WriteLine($"{all}{(more is null ? "" : $" of {more}")}.");
    }
}
