namespace ArtSimilarity.Cli.Catalogue;

/// <summary>
/// How many works have each value of a field. One value in several spellings is one value, as filters have it: its commonest spelling stands
/// for it.
/// </summary>
internal sealed class ValueCounts
{
    private readonly Dictionary<string, Dictionary<string, int>> _spellings = new(StringComparer.Ordinal);

    public int Count => _spellings.Count;

    /// <summary>The values, the commonest first.</summary>
    public IEnumerable<(string Value, int Works)> All => _spellings.Values
        .Select(spellings => (
            Value: spellings.OrderByDescending(spelling => spelling.Value).ThenBy(spelling => spelling.Key, StringComparer.Ordinal).First().Key,
            Works: spellings.Values.Sum()))
        .OrderByDescending(value => value.Works).ThenBy(value => value.Value, StringComparer.Ordinal);

    /// <summary>Counts a work.</summary>
    /// <returns>How many different values it has.</returns>
    public int Add(IEnumerable<string?> valuesOfWork)
    {
        int added = 0;
        foreach ((string folded, string value) in valuesOfWork.OfType<string>().Select(value => (LabelFolding.Fold(value), value)).DistinctBy(value => value.Item1))
        {
            if (!_spellings.TryGetValue(folded, out Dictionary<string, int>? spellings))
            {
                _spellings.Add(folded, spellings = new(StringComparer.Ordinal));
            }

            spellings[value] = spellings.GetValueOrDefault(value) + 1;
            added++;
        }

        return added;
    }
}
