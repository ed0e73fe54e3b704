using ArtSimilarity.Evaluation;
using ArtSimilarity.FastScan.Building;
using ArtSimilarity.FastScan.Tuning;
using ArtSimilarity.Indexing;
using ArtSimilarity.Metrics;
using ArtSimilarity.Parallelism;
using ArtSimilarity.SignCodes;
using ArtSimilarity.Tuning;

namespace ArtSimilarity.FastScan;

/// <summary>
/// Measures which settings reach a quality in the least time, on vectors of the set itself. Some are drawn as queries and held out.
/// An index is built over the others and searched with settings all over a grid.
/// </summary>
/// <remarks>
/// Settings are chosen on one half of the queries and confirmed on the other: what is chosen because it did best on some queries
/// does a little worse on the next. The choice goes by the lower end of the 95 % confidence interval of the quality. Times are
/// those of one thread on a machine that should have nothing else to do. The method is that of "A Deep Learning Approach for
/// Painting Retrieval Based on Genre Similarity" (ICIAP 2023 workshops), section 3.3.
/// <see cref="TuningResult{TSettings}.Curve"/> counts <see cref="FastScanSearchSettings.SearchCandidates"/>, with the
/// <see cref="FastScanSearchSettings.RescoredCandidates"/> of the chosen settings (of the best where none was chosen).
/// </remarks>
public static class FastScanTuner
{
    private const double ShareOfAnswers = 0.05, ShareOfBuild = 0.1, ShareOfQualities = 0.45;

    /// <summary>Measures; takes seconds for ten thousand vectors and minutes for a million.</summary>
    /// <param name="vectors">The vectors, with distinct ids; they are copied once, without the queries.</param>
    /// <param name="options">What to measure; <see langword="null"/> takes the defaults.</param>
    /// <param name="progress">Told how much is done, from 0 to 1.</param>
    /// <param name="cancellationToken">Cancels the work.</param>
    /// <returns>The measurements, and the tuning made of them.</returns>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of range.</exception>
    /// <exception cref="ArgumentException">Besides the queries there are fewer vectors than queries, or not more than k; or an id occurs twice.</exception>
    public static TuningReport<FastScanTuning, FastScanSearchSettings> Measure(
        VectorSet vectors, FastScanTunerOptions? options = null, IProgress<double>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(vectors);
        options ??= new FastScanTunerOptions();
        TuningPlan.ThrowIfImpossible(vectors, options);
        FastScanIndexOptions indexOptions = (options.Index ?? new FastScanIndexOptions()).CopyChecked();
        int threads = ParallelDegree.Threads(indexOptions.MaxDegreeOfParallelism);
        int[] neighbors = TuningPlan.Neighbors(options.K);
        var random = new RandomSource(options.Seed, stream: 0);
        var heldOut = new HeldOutQueries(vectors, options.QueryCount, bound => random.Below(bound));
        (KnownQueries first, KnownQueries second, Estimate exact) = heldOut.Answer(options.K, threads, cancellationToken);
        progress?.Report(ShareOfAnswers);
        using FastScanIndex index = new FastScanIndexProvider(indexOptions).Build(
            heldOut.CopyOthers(), SimilarityMetrics.Angular, path: null, stamp: "", null, cancellationToken);
        progress?.Report(ShareOfAnswers + ShareOfBuild);

        // All qualities first, on all cores; that also makes sure that what is timed then has been compiled to its best.
        var measuring = new SearchMeasuring<FastScanSearchSettings>(
            (query, found, settings) => index.Search(query, found, null, settings), threads, cancellationToken);
        NeighborTuning[] tunings =
            [.. neighbors.Select(k => new NeighborTuning(measuring, first, k, SettingsGrid.Candidates(index.Count, index.LeafSize, k)))];
        for (int i = 0; i < tunings.Length; i++)
        {
            double before = ShareOfAnswers + ShareOfBuild + (ShareOfQualities * i / tunings.Length);
            tunings[i].MeasureQualities(done => progress?.Report(before + (ShareOfQualities * done / tunings.Length)));
        }

        List<TuningResult<FastScanSearchSettings>> results = [];
        for (int i = 0; i < tunings.Length; i++)
        {
            double share = 1 - ShareOfAnswers - ShareOfBuild - ShareOfQualities, before = 1 - share + (share * i / tunings.Length);
            results.Add(tunings[i].Choose(options.Quality, second, done => progress?.Report(before + (share * done / tunings.Length))));
        }

        return new TuningReport<FastScanTuning, FastScanSearchSettings>
        {
            Tuning = new FastScanTuning(index.Count, index.Dimensions, TuningPlan.Points(results)),
            VectorCount = index.Count,
            TunedOn = first.Count,
            ConfirmedOn = second.Count,
            Results = results,
            ExactMilliseconds = exact,
        };
    }
}
