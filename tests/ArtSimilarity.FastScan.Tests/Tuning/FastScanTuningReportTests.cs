using ArtSimilarity.Evaluation;
using ArtSimilarity.Indexing;
using Xunit;

namespace ArtSimilarity.FastScan.Tests.Tuning;

public sealed class FastScanTuningReportTests
{
    [Theory]
    [InlineData(TuningVerdict.Met, 0.96, 2.0, null)]
    [InlineData(TuningVerdict.Met, 0.94, 2.0, 2.0)]
    [InlineData(TuningVerdict.OverBudget, 0.96, 2.0, 1.9)]
    [InlineData(TuningVerdict.NotConfirmed, 0.90, 2.0, null)]
    public void A_report_is_judged_by_quality_time_and_other_queries(TuningVerdict expected, double confirmed, double milliseconds, double? budget)
    {
        FastScanTuningReport report = Report(Measured(0.96, milliseconds), Measured(confirmed, milliseconds));
        Assert.Equal(expected, report.Judge(0.95, budget));
    }

    [Fact]
    public void Where_nothing_was_chosen_the_quality_is_not_reached() =>
        Assert.Equal(TuningVerdict.QualityNotReached, Report(null, null).Judge(0.95));

    private static FastScanMeasurement Measured(double quality, double milliseconds) =>
        new(10, new FastScanSearchSettings(10, 10), new Estimate(quality, quality - 0.02, quality + 0.02), new Estimate(1, 1, 1), new Estimate(milliseconds, milliseconds, milliseconds));

    private static FastScanTuningReport Report(FastScanMeasurement? chosen, FastScanMeasurement? confirmed) =>
        new()
        {
            Tuning = new FastScanTuning(100, 4, [new FastScanTuningPoint(10, new(10, 10), 0.9, 0.9, 1)]),
            TunedOn = 50,
            ConfirmedOn = 50,
            Results = [new FastScanTuningResult { K = 10, Best = [], Chosen = chosen, Confirmed = confirmed, Curve = [] }],
            ExactMilliseconds = new Estimate(5, 5, 5),
        };
}
