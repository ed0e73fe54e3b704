using ArtSimilarity.Annoy.Nodes;
using ArtSimilarity.Evaluation;
using ArtSimilarity.Indexing;
using ArtSimilarity.Metrics;
using ArtSimilarity.Parallelism;
using ArtSimilarity.Tuning;

namespace ArtSimilarity.Annoy;

/// <summary>
/// Measures how many trees and candidates reach a quality in the least time, on vectors of the set itself: some are drawn as queries
/// and held out, and a forest is built over the others.
/// </summary>
/// <remarks>
/// The method is that of "A Deep Learning Approach for Painting Retrieval Based on Genre Similarity" (ICIAP 2023 workshops), section
/// 3.3. Settings are chosen on one half of the queries, by the lower end of the 95 % confidence interval of the quality, and confirmed on
/// the other. Times are those of one thread on a machine that should have nothing else to do.
/// <see cref="TuningResult{TSettings}.Curve"/> counts the trees, with Annoy's own number of candidates: k times the trees.
/// </remarks>
public static class AnnoyTuner
{
    private const double ShareOfPreparation = 0.15, ShareOfQualities = 0.4;

    private static readonly int[] UsualTrees = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000];

    /// <summary>The candidates collected, as multiples of Annoy's own number for as many trees.</summary>
    private static readonly double[] Multiples = [0.25, 0.5, 1, 2, 4];

    /// <summary>Measures; takes seconds for ten thousand vectors.</summary>
    /// <param name="vectors">The vectors, with distinct ids; they are copied once, without the queries.</param>
    /// <param name="options">What to measure; <see langword="null"/> takes the defaults.</param>
    /// <param name="progress">Told how much is done, from 0 to 1.</param>
    /// <param name="cancellationToken">Cancels the work.</param>
    /// <returns>The measurements, and the tuning made of them.</returns>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of range.</exception>
    /// <exception cref="ArgumentException">Besides the queries there are fewer vectors than queries, or not more than k; or an id occurs twice.</exception>
    public static TuningReport<AnnoyTuning, AnnoySearchSettings> Measure(
        VectorSet vectors, AnnoyTunerOptions? options = null, IProgress<double>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(vectors);
        options ??= new AnnoyTunerOptions();
        TuningPlan.ThrowIfImpossible(vectors, options);
        int others = vectors.Count - options.QueryCount;
        AnnoyIndexOptions indexOptions = (options.Index ?? new AnnoyIndexOptions()).CopyChecked();
        int threads = ParallelDegree.Threads(indexOptions.MaxDegreeOfParallelism);
        var random = new TreeRandom(options.Seed, tree: 0);
        var heldOut = new HeldOutQueries(vectors, options.QueryCount, bound => random.Below(bound));
        (KnownQueries first, KnownQueries second, Estimate exact) = heldOut.Answer(options.K, threads, cancellationToken);
        using AnnoyIndex index = new AnnoyIndexProvider(indexOptions).Build(
            heldOut.CopyOthers(), SimilarityMetrics.Angular, path: null, stamp: "", null, cancellationToken);
        progress?.Report(ShareOfPreparation);
        var measuring = new SearchMeasuring<AnnoySearchSettings>((query, found, settings) => index.Search(query, found, null, settings), threads, cancellationToken);
        int[] neighbors = TuningPlan.Neighbors(options.K);
        int[] trees = [.. UsualTrees.Where(usual => usual < index.TreeCount), index.TreeCount];
        List<TuningResult<AnnoySearchSettings>> results = [];
        for (int i = 0; i < neighbors.Length; i++)
        {
            int number = i;
            results.Add(Measure(measuring, first, second, neighbors[i], trees, others, options.Quality, done =>
                progress?.Report(ShareOfPreparation + ((1 - ShareOfPreparation) * (number + done) / neighbors.Length))));
        }

        return new TuningReport<AnnoyTuning, AnnoySearchSettings>
        {
            Tuning = new AnnoyTuning(others, vectors.Dimensions, index.TreeCount, TuningPlan.Points(results)),
            VectorCount = others,
            TunedOn = first.Count,
            ConfirmedOn = second.Count,
            Results = results,
            ExactMilliseconds = exact,
        };
    }

    private static TuningResult<AnnoySearchSettings> Measure(
        SearchMeasuring<AnnoySearchSettings> measuring, KnownQueries queries, KnownQueries others, int k, int[] trees, int count, double demanded, Action<double> report)
    {
        // More candidates than all trees hold together are none.
        AnnoySearchSettings Settings(int tree, double multiple) => new((int)Math.Min((double)count * tree, Math.Max(1, k * tree * multiple)), tree);
        AnnoySearchSettings[] grid = [.. trees.SelectMany(tree => Multiples.Select(multiple => Settings(tree, multiple))).Distinct()];
        var qualities = new Dictionary<AnnoySearchSettings, (Estimate Quality, Estimate Recall)>();
        foreach (AnnoySearchSettings settings in grid)
        {
            qualities.Add(settings, measuring.Quality(queries, k, settings));
            report(ShareOfQualities * qualities.Count / grid.Length);
        }

        // Not worth timing: what other settings that look at less, in every respect, equal.
        AnnoySearchSettings[] usual = [.. trees.Select(tree => Settings(tree, 1))];
        AnnoySearchSettings[] timed =
        [
            .. grid.Where(settings => usual.Contains(settings) || !grid.Any(other =>
                other != settings && other.SearchK <= settings.SearchK && other.TreeCount <= settings.TreeCount
                && qualities[other].Quality.Lower >= qualities[settings].Quality.Lower)),
        ];
        Estimate[] times = measuring.Milliseconds(queries, k, timed, done => report(ShareOfQualities + ((0.95 - ShareOfQualities) * done)));
        SearchMeasurement<AnnoySearchSettings>[] measured = [.. timed.Select((settings, i) => new SearchMeasurement<AnnoySearchSettings>(k, settings, qualities[settings].Quality, qualities[settings].Recall, times[i]))];
        List<SearchMeasurement<AnnoySearchSettings>> best = TuningPlan.Best(measured);
        SearchMeasurement<AnnoySearchSettings>? chosen = TuningPlan.Choose(best, demanded);
        SearchMeasurement<AnnoySearchSettings>? confirmed = chosen is SearchMeasurement<AnnoySearchSettings> choice ? measuring.Measure(others, k, choice.Settings) : null;
        report(1);
        return new TuningResult<AnnoySearchSettings>
        {
            K = k,
            Best = best,
            Chosen = chosen,
            Confirmed = confirmed,
            Curve = [.. usual.Select(settings => measured.First(one => one.Settings == settings))],
        };
    }
}
