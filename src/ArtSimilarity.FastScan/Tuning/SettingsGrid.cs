namespace ArtSimilarity.FastScan.Tuning;

/// <summary>The settings that are measured: geometric, as what one more step brings falls with every step.</summary>
internal static class SettingsGrid
{
    /// <summary>A comparison by 8 bits costs as much as dozens of codes: its steps are the finer ones.</summary>
    private const double RescoredStep = 1.15;

    /// <summary>A search that reads less than this share of an index is not worth measuring.</summary>
    private const int SmallestShare = 256;

    /// <summary>Numbers of codes to compare, in ascending order up to all.</summary>
    public static int[] Candidates(int count, int leafSize, int k)
    {
        int least = Math.Min(count, Math.Max(Math.Max(k, leafSize), count / SmallestShare));
        List<int> grid = [];
        for (double candidates = count; candidates >= least; candidates /= Math.Sqrt(2))
        {
            grid.Insert(0, (int)Math.Round(candidates));
        }

        return [.. grid];
    }

    /// <summary>Numbers of vectors to compare by 8 bits, in ascending order: at least k, at most all the codes.</summary>
    public static IEnumerable<int> Rescored(int candidates, int k)
    {
        for (int rescored = k; rescored <= candidates; rescored = Math.Max(rescored + 1, (int)Math.Round(rescored * RescoredStep)))
        {
            yield return rescored;
        }
    }
}
