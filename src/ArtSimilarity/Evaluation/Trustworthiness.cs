using ArtSimilarity.Indexing;
using ArtSimilarity.Metrics;
using ArtSimilarity.Parallelism;

namespace ArtSimilarity.Evaluation;

/// <summary>How far the neighbours in a layout are neighbours in truth.</summary>
public static class Trustworthiness
{
    /// <summary>Measures the trustworthiness of a layout.</summary>
    /// <param name="vectors">The signatures.</param>
    /// <param name="layout">A vector of some few dimensions in place of each, row by row; compared by Euclidean distance.</param>
    /// <param name="k">How many neighbours count: at least 1, and less than half of the rows.</param>
    /// <param name="metric">What the neighbours of the signatures are ordered by; <see langword="null"/> for the angular metric.</param>
    /// <param name="rows">The rows whose neighbourhoods are looked at; <see langword="null"/> for all.</param>
    /// <param name="maxDegreeOfParallelism">How many threads to use: at least 1, or −1 for one per processor.</param>
    /// <param name="cancellationToken">Cancels between rows.</param>
    /// <returns>
    /// 1 when every one of the k nearest in the layout is among the k nearest in truth. It falls the more, the farther down the others rank
    /// in truth; 0 is the worst there can be.
    /// </returns>
    /// <exception cref="ArgumentException">The numbers of rows differ, k is too large, or no row is to be looked at.</exception>
    /// <remarks>
    /// J. Venna, S. Kaski, "Neighborhood preservation in nonlinear projection methods: an experimental study", ICANN 2001.
    /// T(k) = 1 − 2 / (m·k·(2n − 3k − 1)) · Σ Σ (r(i, j) − k). The sums go over the m rows i, and over those of their k nearest j in the layout that are
    /// not among the k nearest in truth. r is the rank in truth. It takes time m·n.
    /// </remarks>
    public static double Measure(
        VectorSet vectors,
        VectorSet layout,
        int k,
        ISimilarityMetric? metric = null,
        IReadOnlyList<int>? rows = null,
        int maxDegreeOfParallelism = 1,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(vectors);
        ArgumentNullException.ThrowIfNull(layout);
        ArgumentOutOfRangeException.ThrowIfLessThan(k, 1);
        ParallelDegree.ThrowIfInvalid(maxDegreeOfParallelism, nameof(maxDegreeOfParallelism));
        int n = vectors.Count;
        if (layout.Count != n)
        {
            throw new ArgumentException($"{n} signatures need as many places, not {layout.Count}.", nameof(layout));
        }

        if (2L * k >= n)
        {
            throw new ArgumentException($"{k} neighbours are too many for {n} rows: give fewer than half.", nameof(k));
        }

        rows ??= [.. Enumerable.Range(0, n)];
        if (rows.Count == 0)
        {
            throw new ArgumentException("There is no row to look at.", nameof(rows));
        }

        long excess = 0;
        Parallel.ForEach(
            rows,
            new ParallelOptions { MaxDegreeOfParallelism = ParallelDegree.Threads(maxDegreeOfParallelism), CancellationToken = cancellationToken },
            row => Interlocked.Add(ref excess, Excess(vectors, layout, k, metric ?? SimilarityMetrics.Angular, row)));
        return 1 - (2.0 * excess / ((double)rows.Count * k * ((2.0 * n) - (3.0 * k) - 1)));
    }

    /// <summary>By how much the ranks in truth of a row's neighbours in the layout exceed k, summed.</summary>
    private static long Excess(VectorSet vectors, VectorSet layout, int k, ISimilarityMetric metric, int row)
    {
        Neighbor[] truth = Ranked(vectors, metric, row), shown = Ranked(layout, SimilarityMetrics.Euclidean, row);
        int[] rank = new int[vectors.Count];
        for (int i = 0; i < truth.Length; i++)
        {
            rank[truth[i].Id] = i + 1;
        }

        long excess = 0;
        foreach (Neighbor neighbor in shown.AsSpan(0, k))
        {
            excess += Math.Max(0, rank[neighbor.Id] - k);
        }

        return excess;
    }

    /// <summary>All other rows, nearest first.</summary>
    private static Neighbor[] Ranked(VectorSet vectors, ISimilarityMetric metric, int row)
    {
        var ranked = new Neighbor[vectors.Count - 1];
        for (int other = 0, next = 0; other < vectors.Count; other++)
        {
            if (other != row)
            {
                ranked[next++] = new Neighbor(other, metric.Distance(vectors[row], vectors[other]));
            }
        }

        Array.Sort(ranked);
        return ranked;
    }
}
