using ArtSimilarity.Indexing;
using ArtSimilarity.TestSupport;
using ArtSimilarity.Tuning;
using Xunit;

namespace ArtSimilarity.Annoy.Tests.Index;

public class AnnoyTunerTests
{
    [Fact]
    public void What_is_chosen_reaches_the_quality_and_the_curve_rises_with_the_trees()
    {
        VectorSet vectors = TestVectors.Clustered(3000, 32, clusters: 30, seed: 1);
        var options = new AnnoyTunerOptions { K = 20, Quality = 0.9, QueryCount = 80, Index = new AnnoyIndexOptions { TreeCount = 40 } };
        TuningReport<AnnoyTuning, AnnoySearchSettings> report = AnnoyTuner.Measure(vectors, options, cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal([10, 20], report.Results.Select(result => result.K));
        TuningResult<AnnoySearchSettings> asked = report.Results[^1];
        Assert.NotNull(asked.Chosen);
        Assert.True(asked.Chosen.Value.Quality.Lower >= 0.9);
        Assert.True(asked.Confirmed!.Value.Quality.Upper >= 0.9);
        Assert.Equal([1, 2, 5, 10, 20, 40], asked.Curve.Select(one => one.Settings.TreeCount!.Value));
        Assert.All(asked.Curve, one => Assert.Equal(20 * one.Settings.TreeCount, one.Settings.SearchK));
        Assert.True(asked.Curve[^1].Quality.Value > asked.Curve[0].Quality.Value + 0.1);

        using AnnoyIndex index = new AnnoyIndexProvider(options.Index).Build(vectors);
        index.Tuning = report.Tuning;
        Assert.Equal(AnnoySearchSettings.Exact, index.SettingsFor(20, 1));
        Assert.True(index.SettingsFor(20, 0.9).SearchK >= asked.Chosen.Value.Settings.SearchK);
    }

    [Fact]
    public void Options_out_of_range_and_too_few_vectors_are_refused()
    {
        VectorSet vectors = TestVectors.Random(90, 4, seed: 1);
        foreach (AnnoyTunerOptions options in new AnnoyTunerOptions[] { new() { K = 0 }, new() { Quality = 1 }, new() { Quality = double.NaN }, new() { QueryCount = 39 } })
        {
            Assert.Throws<ArgumentOutOfRangeException>(() => AnnoyTuner.Measure(vectors, options, cancellationToken: TestContext.Current.CancellationToken));
        }

        foreach (AnnoyTunerOptions options in new AnnoyTunerOptions[] { new() { K = 10, QueryCount = 46 }, new() { K = 50, QueryCount = 40 } })
        {
            Assert.Throws<ArgumentException>(() => AnnoyTuner.Measure(vectors, options, cancellationToken: TestContext.Current.CancellationToken));
        }
    }
}
