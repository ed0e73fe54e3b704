using ArtSimilarity.Indexing;
using ArtSimilarity.Metrics;
using ArtSimilarity.Parallelism;

namespace ArtSimilarity.Evaluation;

/// <summary>Measures retrieval on vectors whose truth is known, comparing every query with every vector.</summary>
public static class RetrievalEvaluator
{
    /// <summary>
    /// Asks for every labelled query which share of its nearest neighbours has the same label. A base vector with the query's own
    /// id is not counted; base vectors without a label count as wrong answers.
    /// </summary>
    /// <param name="searched">The vectors searched.</param>
    /// <param name="queries">The queries; those without a label are left out. May be the same object as <paramref name="searched"/>.</param>
    /// <param name="ks">The numbers of neighbours to report on, each at least 1.</param>
    /// <param name="metric">The metric to order by.</param>
    /// <param name="maxDegreeOfParallelism">How many threads to use: at least 1, or −1 for one per processor.</param>
    /// <param name="cancellationToken">Cancels between queries.</param>
    /// <returns>The figures.</returns>
    /// <exception cref="ArgumentException">A list of labels does not fit its vectors, the dimensions differ, or no k is given.</exception>
    public static LabelRetrievalReport EvaluateLabels(
        LabelledVectors searched,
        LabelledVectors queries,
        IReadOnlyList<int> ks,
        ISimilarityMetric metric,
        int maxDegreeOfParallelism = 1,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(searched);
        ArgumentNullException.ThrowIfNull(queries);
        ArgumentNullException.ThrowIfNull(ks);
        ParallelDegree.ThrowIfInvalid(maxDegreeOfParallelism, nameof(maxDegreeOfParallelism));
        ThrowIfUnfit(searched, nameof(searched));
        ThrowIfUnfit(queries, nameof(queries));
        if (ks.Count == 0 || ks.Any(k => k < 1))
        {
            throw new ArgumentException("Give at least one k, each at least 1.", nameof(ks));
        }

        Dictionary<int, string?> labelOf = [];
        Dictionary<string, int> baseCounts = new(StringComparer.Ordinal);
        for (int row = 0; row < searched.Vectors.Count; row++)
        {
            string? label = searched.Labels[row];
            labelOf.Add(searched.Vectors.Ids[row], label);
            if (label is not null)
            {
                baseCounts[label] = baseCounts.GetValueOrDefault(label) + 1;
            }
        }

        int[] rows = [.. Enumerable.Range(0, queries.Vectors.Count).Where(row => queries.Labels[row] is not null)];
        var outcomes = new (double[] Precision, double AveragePrecision)[rows.Length];
        using var index = new FlatIndex(queries.Vectors.Dimensions, metric);
        AddAll(index, searched.Vectors);

        // mAP looks at the whole ranking, so every query ranks all vectors there are.
        index.RankAll(
            queries.Vectors,
            rows,
            (i, ranking) =>
            {
                string label = queries.Labels[rows[i]]!;
                int own = queries.Vectors.Ids[rows[i]];
                bool[] relevant = new bool[ranking.Length];
                int count = 0;
                foreach (int id in ranking)
                {
                    if (id != own)
                    {
                        relevant[count++] = labelOf[id] == label;
                    }
                }

                ReadOnlySpan<bool> judged = relevant.AsSpan(0, count);
                double[] precision = new double[ks.Count];
                for (int j = 0; j < precision.Length; j++)
                {
                    precision[j] = RetrievalMetrics.PrecisionAtK(judged, ks[j]);
                }

                outcomes[i] = (precision, RetrievalMetrics.AveragePrecision(judged, judged.Count(true)));
            },
            maxDegreeOfParallelism,
            cancellationToken);

        List<LabelRetrieval> labels = [.. Enumerable.Range(0, rows.Length)
            .GroupBy(i => queries.Labels[rows[i]]!, StringComparer.Ordinal)
            .OrderBy(group => group.Key, StringComparer.Ordinal)
            .Select(group => new LabelRetrieval
            {
                Label = group.Key,
                QueryCount = group.Count(),
                BaseCount = baseCounts.GetValueOrDefault(group.Key),
                PrecisionAtK = [.. Enumerable.Range(0, ks.Count).Select(j => group.Average(i => outcomes[i].Precision[j]))],
                MeanAveragePrecision = group.Average(i => outcomes[i].AveragePrecision),
            })];
        return new LabelRetrievalReport
        {
            QueryCount = rows.Length,
            BaseCount = searched.Vectors.Count,
            PrecisionAtK = [.. ks.Select((k, j) => new PrecisionAtK(k, Mean(outcomes.Select(outcome => outcome.Precision[j])), Mean(labels.Select(label => label.PrecisionAtK[j]))))],
            MeanAveragePrecision = Mean(outcomes.Select(outcome => outcome.AveragePrecision)),
            MacroAveragePrecision = Mean(labels.Select(label => label.MeanAveragePrecision)),
            Labels = labels,
        };
    }

    /// <summary>
    /// Asks for every pair of works that belong together (two digitisations of one painting) whether each finds the other among its
    /// k nearest.
    /// </summary>
    /// <param name="vectors">All vectors.</param>
    /// <param name="pairs">The ids that belong together; each pair is asked in both directions.</param>
    /// <param name="ks">The numbers of neighbours to report on, each at least 1.</param>
    /// <param name="metric">The metric to order by.</param>
    /// <param name="cancellationToken">Cancels between queries.</param>
    /// <returns>For each k the share of queries that found their counterpart; the query itself does not count as a neighbour.</returns>
    /// <exception cref="ArgumentException">A pair names an id that is not among the vectors, or no k is given.</exception>
    public static IReadOnlyList<double> EvaluatePairs(
        VectorSet vectors,
        IReadOnlyList<(int First, int Second)> pairs,
        IReadOnlyList<int> ks,
        ISimilarityMetric metric,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(vectors);
        ArgumentNullException.ThrowIfNull(pairs);
        ArgumentNullException.ThrowIfNull(ks);
        if (ks.Count == 0 || ks.Any(k => k < 1))
        {
            throw new ArgumentException("Give at least one k, each at least 1.", nameof(ks));
        }

        Dictionary<int, int> rowOf = [];
        for (int row = 0; row < vectors.Count; row++)
        {
            rowOf.Add(vectors.Ids[row], row);
        }

        using var index = new FlatIndex(vectors.Dimensions, metric);
        AddAll(index, vectors);
        Neighbor[] nearest = new Neighbor[ks.Max() + 1];
        int[] hits = new int[ks.Count];
        foreach ((int first, int second) in pairs.SelectMany(pair => new[] { pair, (pair.Second, pair.First) }))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!rowOf.TryGetValue(first, out int row) || !rowOf.ContainsKey(second))
            {
                throw new ArgumentException($"The pair {first}, {second} names an id that is not among the vectors.", nameof(pairs));
            }

            int found = index.Search(vectors[row], nearest, default, cancellationToken);
            int rank = nearest.Take(found).Where(neighbor => neighbor.Id != first).Select(neighbor => neighbor.Id).ToList().IndexOf(second);
            for (int j = 0; j < hits.Length; j++)
            {
                hits[j] += rank >= 0 && rank < ks[j] ? 1 : 0;
            }
        }

        return [.. hits.Select(hit => pairs.Count == 0 ? 0 : hit / (2.0 * pairs.Count))];
    }

    private static void AddAll(FlatIndex index, VectorSet vectors)
    {
        for (int row = 0; row < vectors.Count; row++)
        {
            index.Add(vectors.Ids.Slice(row, 1), vectors[row]);
        }
    }

    private static double Mean(IEnumerable<double> values) => values.DefaultIfEmpty().Average();

    private static void ThrowIfUnfit(LabelledVectors labelled, string name)
    {
        if (labelled.Labels.Count != labelled.Vectors.Count)
        {
            throw new ArgumentException($"{labelled.Vectors.Count} vectors need as many labels, not {labelled.Labels.Count}.", name);
        }
    }
}
