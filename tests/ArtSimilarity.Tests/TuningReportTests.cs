using ArtSimilarity.Evaluation;
using ArtSimilarity.Indexing;
using ArtSimilarity.Tuning;
using Xunit;

namespace ArtSimilarity.Tests;

public sealed class TuningReportTests
{
    [Theory]
    [InlineData(TuningVerdict.Met, 0.96, 2.0, null)]
    [InlineData(TuningVerdict.Met, 0.94, 2.0, 2.0)]
    [InlineData(TuningVerdict.OverBudget, 0.96, 2.0, 1.9)]
    [InlineData(TuningVerdict.NotConfirmed, 0.90, 2.0, null)]
    public void A_report_is_judged_by_quality_time_and_other_queries(TuningVerdict expected, double confirmed, double milliseconds, double? budget)
    {
        TuningReport<OneTuning, int> report = Report(Measured(0.96, milliseconds), Measured(confirmed, milliseconds));
        Assert.Equal(expected, report.Judge(0.95, budget));
    }

    [Fact]
    public void Where_nothing_was_chosen_the_quality_is_not_reached() =>
        Assert.Equal(TuningVerdict.QualityNotReached, Report(null, null).Judge(0.95));

    private static SearchMeasurement<int> Measured(double quality, double milliseconds) =>
        new(10, 10, new Estimate(quality, quality - 0.02, quality + 0.02), new Estimate(1, 1, 1), new Estimate(milliseconds, milliseconds, milliseconds));

    private static TuningReport<OneTuning, int> Report(SearchMeasurement<int>? chosen, SearchMeasurement<int>? confirmed) =>
        new()
        {
            Tuning = new OneTuning(),
            VectorCount = 100,
            TunedOn = 50,
            ConfirmedOn = 50,
            Results = [new TuningResult<int> { K = 10, Best = [], Chosen = chosen, Confirmed = confirmed, Curve = [] }],
            ExactMilliseconds = new Estimate(5, 5, 5),
        };

    private sealed class OneTuning : VectorIndexTuning
    {
        public override string IndexName => "one";

        public override string ToString() => "measured";
    }
}
