using ArtSimilarity.Evaluation;
using ArtSimilarity.Indexing;
using ArtSimilarity.TestSupport;
using ArtSimilarity.Tuning;
using Xunit;

namespace ArtSimilarity.FastScan.Tests.Tuning;

public sealed class FastScanTunerTests
{
    private const int Count = 3000, Dimensions = 16;
    private static readonly FastScanIndexOptions SmallLeaves = new() { LeafSize = 64 };
    private static readonly FastScanTunerOptions Options = OptionsWith();
    private static readonly Lazy<TuningReport<FastScanTuning, FastScanSearchSettings>> Report = new(() => Measure(Clustered(Count), Options));

    [Theory]
    [InlineData(0.8)]
    [InlineData(0.95)]
    [InlineData(0.99)]
    public void Searches_by_a_quality_reach_it_on_queries_never_seen(double quality)
    {
        VectorSet all = Clustered(Count + 400), known = Rows(all, 0, Count), unseen = Rows(all, Count, Count + 400);
        TuningReport<FastScanTuning, FastScanSearchSettings> report = Measure(known, OptionsWith(quality: quality));
        using FastScanIndex index = new FastScanIndexProvider(SmallLeaves).Build(known);
        index.Tuning = report.Tuning;
        Assert.NotEqual(FastScanSearchSettings.Exact, index.SettingsFor(20, quality));
        Dictionary<int, int>[] ranks = ExactRanks(known, unseen);
        foreach (int k in new[] { 10, 14, 20, 30 })
        {
            double[] qualities = new double[unseen.Count];
            var found = new Neighbor[k];
            for (int q = 0; q < unseen.Count; q++)
            {
                Assert.Equal(k, index.Search(unseen[q], found, new VectorSearchOptions { Quality = quality }));
                qualities[q] = RetrievalMetrics.Quality(found.Select(neighbor => ranks[q][neighbor.Id]));
            }

            // Which settings are taken is up to their times, so the measure is what these queries can tell, not a hair's breadth.
            Estimate reached = Estimate.OfMean(qualities);
            Assert.True(reached.Upper >= quality, $"k = {k}: {reached}");
        }
    }

    [Fact]
    public void The_choice_is_the_fastest_that_surely_reaches_the_quality_and_is_confirmed_on_others()
    {
        TuningReport<FastScanTuning, FastScanSearchSettings> report = Report.Value;
        Assert.Equal((Count - 100, Dimensions), (report.Tuning.Count, report.Tuning.Dimensions));
        Assert.Equal((50, 50), (report.TunedOn, report.ConfirmedOn));
        Assert.Equal([10, 20], report.Results.Select(result => result.K));
        Assert.True(report.ExactMilliseconds.Lower > 0);
        foreach (TuningResult<FastScanSearchSettings> result in report.Results)
        {
            SearchMeasurement<FastScanSearchSettings> chosen = result.Chosen!.Value, confirmed = result.Confirmed!.Value;
            Assert.True(chosen.Quality.Lower >= 0.95);
            Assert.Equal(chosen.Settings, confirmed.Settings);
            Assert.NotEqual(chosen.Quality, confirmed.Quality); // other queries
            Assert.Equal(chosen, result.Best.First(best => best.Quality.Lower >= 0.95));

            // The best: each takes longer than the one before, and is better.
            Assert.Equal(result.Best.OrderBy(best => best.Milliseconds.Value).Select(best => best.Settings), result.Best.Select(best => best.Settings));
            Assert.Equal(result.Best.Select(best => best.Quality.Lower).Order().Distinct(), result.Best.Select(best => best.Quality.Lower));
            Assert.Contains(chosen, result.Curve);
            Assert.Equal(result.Curve.Select(point => point.Settings.SearchCandidates).Order().Distinct(), result.Curve.Select(point => point.Settings.SearchCandidates));
            Assert.All(result.Curve, point => Assert.Equal(chosen.Settings.RescoredCandidates, point.Settings.RescoredCandidates));
            Assert.All(result.Best.Concat(result.Curve), measured =>
            {
                Assert.InRange(measured.Quality.Value, measured.Quality.Lower, measured.Quality.Upper);
                Assert.InRange(measured.Milliseconds.Value, measured.Milliseconds.Lower, measured.Milliseconds.Upper);
                Assert.True(measured.Milliseconds.Lower > 0);
            });
        }

        Assert.Equal(
            report.Results.SelectMany(result => result.Best).Select(best => (best.K, best.Settings, best.Quality.Lower, best.Milliseconds.Value)),
            report.Tuning.Points.Select(point => (point.K, point.Settings, point.Quality, point.Milliseconds)));
    }

    [Fact]
    public void Quality_is_that_of_queries_the_index_does_not_hold()
    {
        // The vectors are so far apart that one which is its own nearest would find itself in the first leaf: recall of 1 at k = 1.
        TuningReport<FastScanTuning, FastScanSearchSettings> report = Measure(TestVectors.Random(3000, 24, seed: 3), new FastScanTunerOptions { K = 1, QueryCount = 60, Index = SmallLeaves });
        TuningResult<FastScanSearchSettings> only = Assert.Single(report.Results);
        Assert.InRange(only.Curve[0].Quality.Value, 0.01, 0.9);
    }

    [Fact]
    public void The_seed_decides_which_are_drawn()
    {
        VectorSet vectors = Clustered(Count);
        TuningReport<FastScanTuning, FastScanSearchSettings> once = Report.Value, again = Measure(vectors, Options), other = Measure(vectors, OptionsWith(seed: 1));
        Assert.Equal(Qualities(once), Qualities(again));
        Assert.NotEqual(Qualities(once), Qualities(other));

        // Which settings are the best is up to the times; the quality that each of them has is not.
        static Dictionary<FastScanSearchSettings, Estimate> AllOf(TuningReport<FastScanTuning, FastScanSearchSettings> report) =>
            report.Results[^1].Curve.Concat(report.Results[^1].Best).DistinctBy(measured => measured.Settings).ToDictionary(measured => measured.Settings, measured => measured.Quality);
        Estimate[] Qualities(TuningReport<FastScanTuning, FastScanSearchSettings> report) =>
            [.. AllOf(report).Where(pair => AllOf(once).ContainsKey(pair.Key) && AllOf(again).ContainsKey(pair.Key)).OrderBy(pair => pair.Key.SearchCandidates).ThenBy(pair => pair.Key.RescoredCandidates).Select(pair => pair.Value)];
    }

    [Fact]
    public void A_quality_out_of_reach_is_not_claimed()
    {
        TuningReport<FastScanTuning, FastScanSearchSettings> report = Measure(TestVectors.Random(2000, 64, seed: 6), OptionsWith(quality: 0.9999999, queryCount: 40));
        TuningResult<FastScanSearchSettings> result = report.Results[^1];
        if (result.Chosen is SearchMeasurement<FastScanSearchSettings> chosen)
        {
            Assert.Equal(1, chosen.Quality.Lower, 6);
        }
        else
        {
            Assert.Null(result.Confirmed);
            Assert.NotEmpty(result.Curve);
        }
    }

    [Fact]
    public void Progress_ascends_to_the_whole()
    {
        List<double> told = [];
        FastScanTuner.Measure(Clustered(1000), Options, new Collecting(told), TestContext.Current.CancellationToken);
        Assert.Equal(told.Order(), told);
        Assert.Equal(1, told[^1], 9);
        Assert.True(told.Count > 20);
    }

    [Fact]
    public void Cancelling_ends_the_measuring()
    {
        using var cancellation = new CancellationTokenSource();
        var progress = new Cancelling(cancellation, at: 0.3);
        Assert.ThrowsAny<OperationCanceledException>(() => FastScanTuner.Measure(Clustered(Count), Options, progress, cancellation.Token));
        Assert.True(progress.Last < 0.9);
    }

    [Fact]
    public void Too_few_vectors_and_options_out_of_range_are_refused()
    {
        VectorSet vectors = Clustered(300);
        ArgumentException tooFew = Assert.Throws<ArgumentException>(() => Measure(vectors, OptionsWith(queryCount: 151)));
        Assert.Contains("151 queries leave 149", tooFew.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => Measure(vectors, OptionsWith(k: 200)));
        Assert.Throws<ArgumentException>(() => Measure(new VectorSet(3), Options));
        FastScanTunerOptions[] refused =
        [
            OptionsWith(k: 0), OptionsWith(queryCount: 39), OptionsWith(quality: 0), OptionsWith(quality: 1),
            OptionsWith(quality: double.NaN), OptionsWith(index: new FastScanIndexOptions { LeafSize = 0 }),
        ];
        Assert.All(refused, options => Assert.Throws<ArgumentOutOfRangeException>(() => Measure(vectors, options)));
    }

    private static FastScanTunerOptions OptionsWith(int k = 20, double quality = 0.95, int queryCount = 100, long seed = 0, FastScanIndexOptions? index = null) =>
        new() { K = k, Quality = quality, QueryCount = queryCount, Seed = seed, Index = index ?? SmallLeaves };

    private static TuningReport<FastScanTuning, FastScanSearchSettings> Measure(VectorSet vectors, FastScanTunerOptions options) =>
        FastScanTuner.Measure(vectors, options, null, TestContext.Current.CancellationToken);

    private static Dictionary<int, int>[] ExactRanks(VectorSet known, VectorSet queries)
    {
        using var exact = new FlatIndex(known.Dimensions);
        for (int row = 0; row < known.Count; row++)
        {
            exact.Add(known.Ids.Slice(row, 1), known[row]);
        }

        var ranking = new Neighbor[known.Count];
        var ranks = new Dictionary<int, int>[queries.Count];
        for (int q = 0; q < ranks.Length; q++)
        {
            Assert.Equal(known.Count, exact.Search(queries[q], ranking));
            ranks[q] = Enumerable.Range(0, known.Count).ToDictionary(i => ranking[i].Id, i => i + 1);
        }

        return ranks;
    }

    /// <summary>Vectors around 60 centres that are not far from one another, as works of a few genres are.</summary>
    private static VectorSet Clustered(int count)
    {
        VectorSet centres = TestVectors.Random(60, Dimensions, seed: 11), noise = TestVectors.Random(count, Dimensions, seed: 12);
        var vectors = new VectorSet(Dimensions);
        float[] vector = new float[Dimensions];
        for (int row = 0; row < count; row++)
        {
            for (int i = 0; i < Dimensions; i++)
            {
                vector[i] = centres[(int)((uint)(row * 2_654_435_761) % 60)][i] + noise[row][i];
            }

            vectors.Add([row], vector);
        }

        return vectors;
    }

    private static VectorSet Rows(VectorSet vectors, int from, int to)
    {
        var rows = new VectorSet(vectors.Dimensions);
        for (int row = from; row < to; row++)
        {
            rows.Add(vectors.Ids.Slice(row, 1), vectors[row]);
        }

        return rows;
    }

    private sealed class Collecting(List<double> told) : IProgress<double>
    {
        public void Report(double value) => told.Add(value);
    }

    private sealed class Cancelling(CancellationTokenSource cancellation, double at) : IProgress<double>
    {
        public double Last { get; private set; }

        public void Report(double value)
        {
            Last = value;
            if (value >= at)
            {
                cancellation.Cancel();
            }
        }
    }
}
