using System.Globalization;

namespace ArtSimilarity.Catalogues;

/// <summary>What was odd in the rows of a CSV file: counted by kind, and the first ones named.</summary>
public sealed class CsvProblems
{
    /// <summary>How many are named.</summary>
    public const int Named = 10;

    private readonly List<string> _first = [];

    /// <summary>How many there are.</summary>
    public int Count { get; private set; }

    /// <summary>The first ones, each a clause that begins with the line.</summary>
    public IReadOnlyList<string> First => _first;

    /// <summary>Counts one more.</summary>
    /// <param name="line">The line, from 1.</param>
    /// <param name="what">A clause that says what is odd; one that begins with a comma continues the line's number.</param>
    /// <exception cref="ArgumentException"><paramref name="what"/> is empty.</exception>
    public void Add(int line, string what)
    {
        ArgumentException.ThrowIfNullOrEmpty(what);
        Count++;
        if (_first.Count < Named)
        {
            _first.Add(string.Create(CultureInfo.InvariantCulture, $"line {line}{(what[0] == ',' ? "" : ": ")}{what}"));
        }
    }
}
