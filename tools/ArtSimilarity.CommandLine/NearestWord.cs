namespace ArtSimilarity.CommandLine;

/// <summary>Finds what somebody who mistyped a word may have meant.</summary>
public static class NearestWord
{
    private const int MostSuggestions = 3;

    /// <summary>The known words nearest to a word, the best first; empty where none is near.</summary>
    public static IReadOnlyList<string> Find(string word, IEnumerable<string> known)
    {
        string wanted = Fold(word);
        int tolerance = Math.Max(1, wanted.Length / 3);
        return [.. known.DistinctBy(LabelFolding.Fold)
            .Select(candidate => (Word: candidate, Distance: Distance(wanted, Fold(candidate))))
            .Where(candidate => candidate.Distance <= tolerance)
            .OrderBy(candidate => candidate.Distance).ThenBy(candidate => candidate.Word, StringComparer.Ordinal)
            .Take(MostSuggestions)
            .Select(candidate => candidate.Word)];
    }

    /// <summary>A clause to end a message with: <c>; did you mean 'portrait'?</c>, or else which words there are.</summary>
    public static string Hint(string word, IReadOnlyCollection<string> known)
    {
        IReadOnlyList<string> near = Find(word, known);
        return near.Count > 0 ? $"did you mean {string.Join(" or ", near.Select(candidate => $"'{candidate}'"))}?" : $"there are {Counted.FirstOf([.. known.DistinctBy(LabelFolding.Fold)])}.";
    }

    /// <summary>How many letters must be changed, added, left out or swapped; a word that is part of a longer name is near to it.</summary>
    private static int Distance(string x, string y)
    {
        if (x.Length > 2 && y.Contains(x, StringComparison.Ordinal))
        {
            return 0;
        }

        int[] beforeLast = new int[y.Length + 1], last = [.. Enumerable.Range(0, y.Length + 1)], current = new int[y.Length + 1];
        for (int i = 1; i <= x.Length; i++)
        {
            current[0] = i;
            for (int j = 1; j <= y.Length; j++)
            {
                int cost = x[i - 1] == y[j - 1] ? 0 : 1;
                current[j] = Math.Min(Math.Min(last[j] + 1, current[j - 1] + 1), last[j - 1] + cost);
                if (i > 1 && j > 1 && x[i - 1] == y[j - 2] && x[i - 2] == y[j - 1])
                {
                    current[j] = Math.Min(current[j], beforeLast[j - 2] + 1);
                }
            }

            (beforeLast, last, current) = (last, current, beforeLast);
        }

        return last[y.Length];
    }

    private static string Fold(string word) => string.Concat(LabelFolding.Fold(word).Where(c => c is not ('-' or '_' or ' ')));
}
