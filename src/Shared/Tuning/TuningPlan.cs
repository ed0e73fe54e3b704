using ArtSimilarity.Indexing;

namespace ArtSimilarity.Tuning;

/// <summary>What every tuner does alike: checks, numbers of neighbours, and the choice among measurements.</summary>
internal static class TuningPlan
{
    private static readonly int[] UsualNeighbors = [10, 50, 100, 250, 1000];

    /// <exception cref="ArgumentOutOfRangeException">An option is out of range.</exception>
    /// <exception cref="ArgumentException">Besides the queries there are fewer vectors than queries, or not more than k.</exception>
    public static void ThrowIfImpossible(VectorSet vectors, TunerOptions options)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.K, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.QueryCount, TunerOptions.MinQueryCount);
        if (!(options.Quality is > 0 and < 1))
        {
            throw new ArgumentOutOfRangeException(nameof(options), options.Quality, "The quality must be above 0 and below 1 (1 is an exact search).");
        }

        int others = vectors.Count - options.QueryCount;
        if (others < options.QueryCount || others <= options.K)
        {
            throw new ArgumentException(
                $"Of {vectors.Count} vectors, {options.QueryCount} queries leave {Math.Max(0, others)}: too few to find {options.K} neighbours among, or fewer than the queries.", nameof(vectors));
        }
    }

    /// <summary>The numbers of neighbours to measure: the one asked for and the usual smaller ones, in ascending order.</summary>
    public static int[] Neighbors(int k) => [.. UsualNeighbors.Where(usual => usual < k), k];

    /// <summary>The measurements that no other beats in both quality (the lower end of its interval) and time, the fastest first.</summary>
    public static List<SearchMeasurement<TSettings>> Best<TSettings>(IEnumerable<SearchMeasurement<TSettings>> measured)
        where TSettings : struct
    {
        List<SearchMeasurement<TSettings>> best = [];
        foreach (SearchMeasurement<TSettings> one in measured.OrderBy(one => one.Milliseconds.Value).ThenByDescending(one => one.Quality.Lower))
        {
            if (best.Count == 0 || one.Quality.Lower > best[^1].Quality.Lower)
            {
                best.Add(one);
            }
        }

        return best;
    }

    /// <summary>The fastest of the best that surely reaches a quality.</summary>
    public static SearchMeasurement<TSettings>? Choose<TSettings>(IEnumerable<SearchMeasurement<TSettings>> best, double demanded)
        where TSettings : struct =>
        best.Where(one => one.Quality.Lower >= demanded).Select(one => (SearchMeasurement<TSettings>?)one).FirstOrDefault();

    /// <summary>What a tuning keeps of the results.</summary>
    public static TuningPoint<TSettings>[] Points<TSettings>(IEnumerable<TuningResult<TSettings>> results)
        where TSettings : struct =>
        [
            .. results.SelectMany(result => result.Best)
                .Select(best => new TuningPoint<TSettings>(best.K, best.Settings, best.Quality.Lower, best.Recall.Value, best.Milliseconds.Value)),
        ];
}
