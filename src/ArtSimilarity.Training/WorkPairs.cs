namespace ArtSimilarity.Training;

/// <summary>Finds pictures that show one work by what is known of them; <see cref="NearDuplicates"/> finds them by their looks.</summary>
public static class WorkPairs
{
    /// <summary>The pairs that keep pictures of one work together in a split: those of one file, of one <see cref="LabelledImage.Work"/>, and those named.</summary>
    /// <param name="set">The pictures.</param>
    /// <param name="known">Pairs of keys that show one work; those of which a key is not in the set are left out.</param>
    /// <returns>Pairs of indices, for <see cref="HeldOutSplit.Draw"/>; chains of them form a group.</returns>
    public static IReadOnlyList<(int First, int Second)> Find(TrainingSet set, IEnumerable<(string First, string Second)>? known = null)
    {
        ArgumentNullException.ThrowIfNull(set);
        Dictionary<string, int> places = set.Images.Index().ToDictionary(image => image.Item.Key, image => image.Index, StringComparer.Ordinal);
        List<(int, int)> pairs = [.. Chains(set.Images.Index().GroupBy(image => image.Item.Source.Name, image => image.Index, StringComparer.Ordinal))];
        foreach ((string first, string second) in known ?? [])
        {
            if (places.TryGetValue(first, out int one) && places.TryGetValue(second, out int other))
            {
                pairs.Add((one, other));
            }
        }

        pairs.AddRange(Chains(Enumerable.Range(0, set.Count).Where(i => set.Images[i].Work is not null).GroupBy(i => set.Images[i].Work!, StringComparer.Ordinal)));
        return pairs;
    }

    private static IEnumerable<(int First, int Second)> Chains(IEnumerable<IGrouping<string, int>> groups) =>
        groups.SelectMany(group => group.Skip(1).Select(other => (group.First(), other)));
}
