using System.Globalization;
using ArtSimilarity.CommandLine;

namespace ArtSimilarity.Cli.Catalogue;

/// <summary>What was odd in the rows of a CSV file: counted by kind, and the first ones named.</summary>
internal sealed class CsvProblems
{
    /// <summary>How many are named.</summary>
    public const int Named = 10;

    private readonly List<string> _first = [];

    /// <summary>How many there are.</summary>
    public int Count { get; private set; }

    /// <summary>The first ones, each a clause that begins with the line.</summary>
    public IReadOnlyList<string> First => _first;

    public void Add(int line, string what)
    {
        Count++;
        if (_first.Count < Named)
        {
            _first.Add(string.Create(CultureInfo.InvariantCulture, $"line {line}{(what[0] == ',' ? "" : ": ")}{what}"));
        }
    }

    /// <summary>Names the first ones on the error stream, and counts the rest.</summary>
    public void Report(CliConsole console, string path)
    {
        foreach (string problem in _first)
        {
            console.Warn($"{path}, {problem}.");
        }

        if (Count > _first.Count)
        {
            console.Warn(string.Create(CultureInfo.InvariantCulture, $"{path}: {Count - _first.Count:N0} more rows are odd, {Count:N0} in all."));
        }
    }
}
