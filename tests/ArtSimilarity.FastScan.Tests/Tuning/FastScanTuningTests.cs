using ArtSimilarity.TestSupport;
using Xunit;

namespace ArtSimilarity.FastScan.Tests.Tuning;

public sealed class FastScanTuningTests
{
    private const string Text =
        """{"version":1,"count":1000,"dimensions":4,"points":[{"k":10,"settings":{"searchCandidates":100,"rescoredCandidates":20},"quality":0.9,"recall":0.91,"milliseconds":0.5}]}""";

    private static readonly FastScanTuning Measured = new(1000, 4,
    [
        new(10, new(100, 20), 0.9, 0.9, 1), new(10, new(200, 40), 0.99, 0.99, 2),
        new(50, new(300, 100), 0.9, 0.9, 3), new(50, new(600, 200), 0.95, 0.95, 9),
    ]);

    [Fact]
    public void The_text_is_read_back()
    {
        FastScanTuning read = FastScanTuning.Parse(Measured.ToString());
        Assert.Equal((1000, 4), (read.Count, read.Dimensions));
        Assert.Equal(Measured.Points, read.Points);
        Assert.Equal(Measured.ToString(), read.ToString());
    }

    [Fact]
    public void The_form_of_the_text_is_kept()
    {
        FastScanTuning read = FastScanTuning.Parse(Text);
        Assert.Equal([new(10, new(100, 20), 0.9, 0.91, 0.5)], read.Points);
        Assert.Equal(Text, read.ToString());
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("[]", "")]
    [InlineData("null", "version")]
    [InlineData("{}", "version")]
    [InlineData("\"version\":1", "\"version\":2", "version")]
    [InlineData("\"count\":1000", "\"count\":0", "count 0")]
    [InlineData("\"count\":1000", "\"count\":9", "point 0")] // ten of nine
    [InlineData("\"count\":1000", "\"count\":1e99", "JSON")]
    [InlineData("\"dimensions\":4", "\"dimensions\":-4", "dimensions -4")]
    [InlineData("\"k\":10", "\"k\":0", "point 0")]
    [InlineData("\"searchCandidates\":100", "\"searchCandidates\":0", "point 0")]
    [InlineData("\"rescoredCandidates\":20", "\"rescored\":20", "point 0")]
    [InlineData("\"quality\":0.9", "\"quality\":1.01", "point 0")]
    [InlineData("\"quality\":0.9", "\"quality\":\"NaN\"", "JSON")]
    [InlineData("\"recall\":0.91", "\"recall\":-0.1", "point 0")]
    [InlineData("\"milliseconds\":0.5", "\"milliseconds\":-1", "point 0")]
    [InlineData("\"milliseconds\":0.5", "\"milliseconds\":1e999", "")]
    public void What_is_no_tuning_is_refused(string replaced, string by, string? named = null)
    {
        string text = named is null ? replaced : Text.Replace(replaced, by, StringComparison.Ordinal);
        Assert.NotEqual(Text, text);
        var error = Assert.Throws<FormatException>(() => FastScanTuning.Parse(text));
        Assert.Contains(named ?? by, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_tuning_without_points_is_refused()
    {
        string text = new FastScanTuning(1000, 4, []).ToString();
        Assert.Contains("no points", Assert.Throws<FormatException>(() => FastScanTuning.Parse(text)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_fastest_settings_that_reach_a_quality_are_taken()
    {
        using FastScanIndex index = TunedIndex(1000);
        Assert.Equal(new FastScanSearchSettings(100, 20), index.SettingsFor(10, 0.5));
        Assert.Equal(new FastScanSearchSettings(100, 20), index.SettingsFor(10, 0.9));
        Assert.Equal(new FastScanSearchSettings(200, 40), index.SettingsFor(10, 0.901));
        Assert.Equal(FastScanSearchSettings.Exact, index.SettingsFor(10, 0.999));
        Assert.Equal(FastScanSearchSettings.Exact, index.SettingsFor(10, 1));
    }

    [Fact]
    public void Between_two_measured_numbers_of_neighbours_the_cheaper_settings_are_taken()
    {
        using FastScanIndex index = TunedIndex(1000);
        Assert.Equal(new FastScanSearchSettings(110, 22), index.SettingsFor(11, 0.9)); // 1.1 ms; those of 50 take 3
        Assert.Equal(new FastScanSearchSettings(300, 100), index.SettingsFor(40, 0.9)); // four times those of 10 would take 4 ms
        Assert.Equal(new FastScanSearchSettings(800, 160), index.SettingsFor(40, 0.95)); // 8 ms; those of 50 take 9
        Assert.Equal(new FastScanSearchSettings(300, 60), index.SettingsFor(15, 0.99)); // those of 50 do not reach it
        Assert.Equal(new FastScanSearchSettings(600, 200), index.SettingsFor(100, 0.9)); // twice those of 50
        Assert.Equal(new FastScanSearchSettings(100, 20), index.SettingsFor(1, 0.9));
        Assert.Equal(new FastScanSearchSettings(100, 20), index.SettingsFor(0, 0.9));
    }

    [Fact]
    public void An_index_that_has_grown_looks_at_more_in_proportion()
    {
        using FastScanIndex grown = TunedIndex(3000), shrunk = TunedIndex(500);
        Assert.Equal(new FastScanSearchSettings(300, 60), grown.SettingsFor(10, 0.9));
        Assert.Equal(new FastScanSearchSettings(100, 20), shrunk.SettingsFor(10, 0.9));
        Assert.Equal(FastScanSearchSettings.Exact, grown.SettingsFor(10, 0.999));
    }

    [Fact]
    public void An_index_refuses_a_tuning_of_other_dimensions_and_keeps_its_own()
    {
        using FastScanIndex index = TunedIndex(1000);
        var error = Assert.Throws<ArgumentException>(() => index.Tuning = new FastScanTuning(Measured.Count, 5, Measured.Points));
        Assert.Contains("5 dimensions, not 4", error.Message, StringComparison.Ordinal);
        Assert.Throws<FormatException>(() => new FastScanIndexProvider().ParseTuning("garbage"));
        Assert.Contains("'other'", Assert.Throws<ArgumentException>(() => index.Tuning = new OtherTuning()).Message, StringComparison.Ordinal);
        Assert.Same(Measured, index.Tuning);
        index.Tuning = null;
        Assert.Null(index.Tuning);
        Assert.NotEqual(new FastScanSearchSettings(100, 20), index.SettingsFor(10, 0.9));
    }

    [Fact]
    public void A_search_by_quality_looks_at_what_the_tuning_says()
    {
        using FastScanIndex index = TunedIndex(8000);
        float[] query = [1, -2, 3, 0.5f];
        var byQuality = new Indexing.Neighbor[10];
        var bySettings = new Indexing.Neighbor[10];
        index.Search(query, byQuality, new Indexing.VectorSearchOptions { Quality = 0.9 });
        index.Search(query, bySettings, null, new FastScanSearchSettings(800, 160));
        Assert.Equal(bySettings, byQuality);
    }

    private static FastScanIndex TunedIndex(int count)
    {
        FastScanIndex index = new FastScanIndexProvider().Build(TestVectors.Random(count, 4, seed: 8));
        index.Tuning = Measured;
        return index;
    }

    private sealed class OtherTuning : Indexing.VectorIndexTuning
    {
        public override string IndexName => "other";

        public override string ToString() => "other";
    }
}
