namespace ArtSimilarity.Evaluation;

/// <summary>Measures of how good a ranked answer is. All are between 0 and 1; 1 is best.</summary>
public static class RetrievalMetrics
{
    /// <summary>Precision at k: the share of relevant results among the first k.</summary>
    /// <param name="relevant">Whether each result is relevant, best first.</param>
    /// <param name="k">How many results count, at least 1.</param>
    /// <returns>
    /// The relevant ones among the first k, divided by k, or by the number of results when there are fewer; 0 without results.
    /// </returns>
    public static double PrecisionAtK(ReadOnlySpan<bool> relevant, int k)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(k, 1);
        ReadOnlySpan<bool> first = relevant[..Math.Min(k, relevant.Length)];
        return first.IsEmpty ? 0 : (double)first.Count(true) / first.Length;
    }

    /// <summary>
    /// Average precision: the mean, over all relevant works there are, of the precision at each one's rank; those that were not
    /// returned count 0. The mean over queries is mAP.
    /// </summary>
    /// <param name="relevant">Whether each result is relevant, best first.</param>
    /// <param name="relevantTotal">The number of relevant works there are, at least those among the results.</param>
    /// <returns>The average precision; 0 when nothing is relevant.</returns>
    public static double AveragePrecision(ReadOnlySpan<bool> relevant, int relevantTotal)
    {
        double sum = 0;
        int found = 0;
        for (int i = 0; i < relevant.Length; i++)
        {
            if (relevant[i])
            {
                sum += (double)++found / (i + 1);
            }
        }

        ArgumentOutOfRangeException.ThrowIfLessThan(relevantTotal, found);
        return relevantTotal == 0 ? 0 : sum / relevantTotal;
    }

    /// <summary>Recall: the share of the true nearest neighbours that an approximate search returned.</summary>
    /// <param name="approximate">The ids returned.</param>
    /// <param name="exact">The ids of the true k nearest.</param>
    /// <returns>The share; 1 when there are no neighbours to find.</returns>
    public static double Recall(IReadOnlyCollection<int> approximate, IReadOnlyCollection<int> exact)
    {
        ArgumentNullException.ThrowIfNull(approximate);
        ArgumentNullException.ThrowIfNull(exact);
        var truth = new HashSet<int>(exact);
        return truth.Count == 0 ? 1 : (double)approximate.Distinct().Count(truth.Contains) / truth.Count;
    }

    /// <summary>
    /// The quality Q of an approximate search: its k results sit at ranks n₁ &lt; … &lt; n_k of the exact order, and
    /// Q = (1/k)·Σ p/n_p. It is 1 when they are the true k nearest, and falls the more the better works that were missed.
    /// </summary>
    /// <param name="exactRanks">The rank, from 1, that each result has in the exact order; in any order, distinct.</param>
    /// <returns>The quality; 1 without results.</returns>
    /// <exception cref="ArgumentException">A rank is below 1 or occurs twice.</exception>
    /// <remarks>"A Deep Learning Approach for Painting Retrieval Based on Genre Similarity", ICIAP 2023 workshops.</remarks>
    public static double Quality(IEnumerable<int> exactRanks)
    {
        ArgumentNullException.ThrowIfNull(exactRanks);
        int[] ranks = [.. exactRanks.Order()];
        double sum = 0;
        for (int p = 1; p <= ranks.Length; p++)
        {
            int rank = ranks[p - 1];
            if (rank < 1 || (p > 1 && rank == ranks[p - 2]))
            {
                throw new ArgumentException($"Rank {rank} is below 1 or occurs twice.", nameof(exactRanks));
            }

            sum += (double)p / rank;
        }

        return ranks.Length == 0 ? 1 : sum / ranks.Length;
    }
}
