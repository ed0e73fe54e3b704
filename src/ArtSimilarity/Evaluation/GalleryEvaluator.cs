using ArtSimilarity.Features;
using ArtSimilarity.Galleries;
using ArtSimilarity.Indexing;
using ArtSimilarity.Metrics;

namespace ArtSimilarity.Evaluation;

/// <summary>
/// Measures how good the neighbours of a gallery's works are in one feature space, by exact search. Holds the signatures in memory.
/// Immutable; any number of threads may use it.
/// </summary>
public sealed class GalleryEvaluator
{
    private readonly VectorSet _vectors;
    private readonly IReadOnlyList<Painting?> _works;

    private GalleryEvaluator(VectorSet vectors, IReadOnlyList<Painting?> works)
    {
        _vectors = vectors;
        _works = works;
        Works = [.. works.OfType<Painting>()];
    }

    /// <summary>The works that have a signature in the space.</summary>
    public IReadOnlyList<Painting> Works { get; }

    /// <summary>Reads the signatures and works of a gallery.</summary>
    /// <param name="store">The gallery.</param>
    /// <param name="space">The feature space.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The evaluator.</returns>
    public static async Task<GalleryEvaluator> LoadAsync(IGalleryStore store, FeatureSpace space, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(space);
        VectorSet vectors = await store.ReadSignaturesAsync(space, cancellationToken: cancellationToken).ConfigureAwait(false);
        return new GalleryEvaluator(vectors, await store.GetPaintingsAsync(space, vectors.Ids.ToArray(), cancellationToken).ConfigureAwait(false));
    }

    /// <summary>Asks which share of each work's nearest neighbours has its label (<see cref="RetrievalEvaluator.EvaluateLabels"/>).</summary>
    /// <param name="label">The label that should agree, as in <see cref="PaintingLabel.Of"/>, e.g. <c>genre</c>.</param>
    /// <param name="ks">The numbers of neighbours to report on, each at least 1.</param>
    /// <param name="queries">The keys of the works to search for, which are taken out of what is searched; <see langword="null"/> lets every work search among all others.</param>
    /// <param name="metric">The metric to order by; <see langword="null"/> for the angular one.</param>
    /// <param name="maxDegreeOfParallelism">How many threads to use: at least 1, or −1 for one per processor.</param>
    /// <param name="cancellationToken">Cancels between queries.</param>
    /// <returns>The figures; no queries where no work has the label.</returns>
    /// <exception cref="ArgumentException">No k is given, or one is below 1; or <paramref name="label"/> is empty.</exception>
    public LabelRetrievalReport EvaluateLabels(
        string label,
        IReadOnlyList<int> ks,
        IReadOnlySet<string>? queries = null,
        ISimilarityMetric? metric = null,
        int maxDegreeOfParallelism = 1,
        CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(label);
        (LabelledVectors searched, LabelledVectors searching) = queries is null ? Everything(label) : Split(label, queries);
        return RetrievalEvaluator.EvaluateLabels(searched, searching, ks, metric ?? SimilarityMetrics.Angular, maxDegreeOfParallelism, cancellationToken);
    }

    /// <summary>Asks how often one work of a pair finds the other (<see cref="RetrievalEvaluator.EvaluatePairs"/>).</summary>
    /// <param name="pairs">The keys of works that are one and the same.</param>
    /// <param name="ks">The numbers of neighbours to report on, each at least 1.</param>
    /// <param name="metric">The metric to order by; <see langword="null"/> for the angular one.</param>
    /// <param name="cancellationToken">Cancels between queries.</param>
    /// <returns>The figures.</returns>
    /// <exception cref="ArgumentException">No k is given, or one is below 1.</exception>
    public PairRetrievalReport EvaluatePairs(
        IEnumerable<(string First, string Second)> pairs, IReadOnlyList<int> ks, ISimilarityMetric? metric = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(pairs);
        Dictionary<string, int> idOf = new(StringComparer.Ordinal);
        for (int row = 0; row < _works.Count; row++)
        {
            if (_works[row] is Painting work)
            {
                idOf[work.Key] = _vectors.Ids[row];
            }
        }

        List<(int First, int Second)> held = [];
        int missing = 0;
        foreach ((string first, string second) in pairs)
        {
            if (idOf.TryGetValue(first, out int firstId) && idOf.TryGetValue(second, out int secondId))
            {
                held.Add((firstId, secondId));
            }
            else
            {
                missing++;
            }
        }

        return new PairRetrievalReport(
            held.Count, missing, held.Count == 0 ? [] : RetrievalEvaluator.EvaluatePairs(_vectors, held, ks, metric ?? SimilarityMetrics.Angular, cancellationToken));
    }

    private (LabelledVectors Searched, LabelledVectors Queries) Everything(string label)
    {
        var all = new LabelledVectors(_vectors, [.. _works.Select(work => PaintingLabel.Of(work, label))]);
        return (all, all);
    }

    private (LabelledVectors Searched, LabelledVectors Queries) Split(string label, IReadOnlySet<string> queryKeys)
    {
        VectorSet searched = new(_vectors.Dimensions), queries = new(_vectors.Dimensions);
        List<string?> searchedLabels = [], queryLabels = [];
        for (int row = 0; row < _works.Count; row++)
        {
            bool isQuery = _works[row] is Painting work && queryKeys.Contains(work.Key);
            (isQuery ? queries : searched).Add(_vectors.Ids.Slice(row, 1), _vectors[row]);
            (isQuery ? queryLabels : searchedLabels).Add(PaintingLabel.Of(_works[row], label));
        }

        return (new LabelledVectors(searched, searchedLabels), new LabelledVectors(queries, queryLabels));
    }
}
