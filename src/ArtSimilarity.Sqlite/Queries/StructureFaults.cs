using System.Text.RegularExpressions;

namespace ArtSimilarity.Sqlite.Queries;

/// <summary>Puts what SQLite's check of the structure of a file says into words that name the table or index.</summary>
/// <param name="trees">What begins on a page.</param>
internal sealed partial class StructureFaults(IReadOnlyDictionary<long, string> trees)
{
    /// <summary>One line for each fault in a row of <c>PRAGMA integrity_check</c>, which may have several.</summary>
    public IEnumerable<string> Describe(string row)
    {
        foreach (string line in row.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (!line.StartsWith("***", StringComparison.Ordinal)) // a heading
            {
                yield return DescribeOne(line);
            }
        }
    }

    private string DescribeOne(string line)
    {
        if (OnPage().Match(line) is { Success: true } page)
        {
            string tree = trees.TryGetValue(long.Parse(page.Groups["tree"].Value, System.Globalization.CultureInfo.InvariantCulture), out string? name) ? $" of {name}" : "";
            string cell = page.Groups["cell"].Success ? $", entry {page.Groups["cell"].Value}," : "";
            return $"page {page.Groups["page"].Value}{tree}{cell} is damaged: {page.Groups["what"].Value}";
        }

        return Missing().Match(line) is { Success: true } missing ? $"row {missing.Groups["row"].Value} is missing from the index '{missing.Groups["index"].Value}'"
            : WrongCount().Match(line) is { Success: true } count ? $"the index '{count.Groups["index"].Value}' has another number of entries than its table has rows"
            : NotUnique().Match(line) is { Success: true } twice ? $"the index '{twice.Groups["index"].Value}' has an entry twice"
            : NeverUsed().Match(line) is { Success: true } unused ? $"page {unused.Groups["page"].Value} belongs to no table"
            : $"the structure of the file is damaged: {line}";
    }

    [GeneratedRegex(@"^Tree (?<tree>\d{1,10}) page (?<page>\d+)(?: (?:cell|right child) ?(?<cell>\d+)?)?: (?<what>.+)$")]
    private static partial Regex OnPage();

    [GeneratedRegex("^row (?<row>-?\\d+) missing from index (?<index>.+)$")]
    private static partial Regex Missing();

    [GeneratedRegex("^wrong # of entries in index (?<index>.+)$")]
    private static partial Regex WrongCount();

    [GeneratedRegex("^non-unique entry in index (?<index>.+)$")]
    private static partial Regex NotUnique();

    [GeneratedRegex("^Page (?<page>\\d+)(?::| is) never used$")]
    private static partial Regex NeverUsed();
}
