using System.Text.Json;
using System.Xml.Linq;
using ArtSimilarity.FastScan;
using ArtSimilarity.Evaluation;
using ArtSimilarity.Sqlite;
using ArtSimilarity.TestSupport;

namespace ArtSimilarity.Cli.Tests;

public sealed class TuneTests(PaintedGallery painted) : IAsyncLifetime
{
    private static readonly string[] Quick = ["-k", "10", "--queries", "60"];
    private readonly ScratchFolder _scratch = new();

    private string Gallery => _scratch["g.db"];

    public async ValueTask InitializeAsync() => await JitteredGallery.WriteAsync(painted.Gallery, Gallery);

    public ValueTask DisposeAsync()
    {
        _scratch.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task The_document_tells_what_was_chosen_and_what_it_comes_to_on_other_queries()
    {
        JsonElement document = (await TuneAsync("-k", "20", "--queries", "80", "--quality", "0.9", "--budget-ms", "1000", "--seed", "3", "--json")).Json();
        Assert.Equal(
            ["model", "dimensions", "works", "tunedOn", "confirmedOn", "k", "quality", "budgetMs", "neighbors", "exactMs", "figure", "seconds", "index"], CliRun.Keys(document));
        Assert.Equal(JitteredGallery.Count - 80, document.GetProperty("works").GetInt32());
        Assert.Equal((40, 40), (document.GetProperty("tunedOn").GetInt32(), document.GetProperty("confirmedOn").GetInt32()));
        JsonElement[] neighbors = [.. document.GetProperty("neighbors").EnumerateArray()];
        Assert.Equal([10, 20], neighbors.Select(element => element.GetProperty("k").GetInt32()));
        Assert.All(neighbors, element =>
        {
            JsonElement tuned = element.GetProperty("tuned"), confirmed = element.GetProperty("confirmed");
            Assert.True(tuned.GetProperty("quality").GetProperty("lower").GetDouble() >= 0.9);
            Assert.Equal(tuned.GetProperty("searchCandidates").GetInt32(), confirmed.GetProperty("searchCandidates").GetInt32());
            Assert.InRange(confirmed.GetProperty("quality").GetProperty("value").GetDouble(), 0.8, 1);
            Assert.InRange(confirmed.GetProperty("recall").GetProperty("value").GetDouble(), 0.7, 1);
            Assert.True(confirmed.GetProperty("ms").GetProperty("value").GetDouble() > 0);
            Assert.NotEmpty(element.GetProperty("best").EnumerateArray());
            Assert.NotEmpty(element.GetProperty("curve").EnumerateArray());
        });

        JsonElement kept = (await CliRun.Of("info", "--gallery", Gallery, "--json")).Json().GetProperty("spaces")[0].GetProperty("tuning");
        Assert.Equal(JitteredGallery.Count - 80, kept.GetProperty("works").GetInt32());
        Assert.Equal(20, kept.GetProperty("maxK").GetInt32());
    }

    [Fact]
    public async Task A_forest_is_tuned_for_applications_with_a_document_and_a_figure()
    {
        JsonElement document = (await TuneAsync("--index", "annoy", "-k", "20", "--queries", "80", "--quality", "0.8", "--trees", "10", "--figure", _scratch["trees.svg"], "--json")).Json();
        Assert.Equal("annoy", document.GetProperty("index").GetString());
        Assert.Equal(_scratch["trees.svg"], document.GetProperty("figure").GetString());
        Assert.Equal((JitteredGallery.Count - 80, 20), (document.GetProperty("works").GetInt32(), document.GetProperty("k").GetInt32()));
        JsonElement[] neighbors = [.. document.GetProperty("neighbors").EnumerateArray()];
        Assert.Equal([10, 20], neighbors.Select(element => element.GetProperty("k").GetInt32()));
        Assert.All(neighbors, element =>
        {
            Assert.Equal([1, 2, 5, 10], element.GetProperty("curve").EnumerateArray().Select(point => point.GetProperty("trees").GetInt32()));
            JsonElement tuned = element.GetProperty("tuned");
            Assert.Equal(["trees", "searchK", "quality", "recall", "ms"], CliRun.Keys(tuned));
            Assert.True(tuned.GetProperty("quality").GetProperty("lower").GetDouble() >= 0.8);
        });
        Assert.Contains("trees", string.Concat(XDocument.Load(_scratch["trees.svg"]).Descendants().Where(element => element.Name.LocalName == "text").Select(element => element.Value)), StringComparison.Ordinal);

        CliRun table = await TuneAsync("--index", "annoy", "-k", "10", "--queries", "60", "--quality", "0.8", "--trees", "5");
        Assert.True(table.ExitCode == 0, table.Error);
        Assert.Contains("Kept with the gallery, for applications with AddAnnoyIndex", table.Error, StringComparison.Ordinal);
        CliRun poor = await TuneAsync("--index", "annoy", "-k", "10", "--queries", "60", "--quality", "0.8", "--trees", "5", "--budget-ms", "0.000001", "--json");
        Assert.Equal((1, ""), (poor.ExitCode, poor.Output));
        Assert.Contains("Nothing is kept", poor.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_table_has_a_line_for_each_number_of_neighbours_and_the_exact_index()
    {
        CliRun run = await TuneAsync(["-k", "12", "--queries", "60"]);
        Assert.True(run.ExitCode == 0, run.Error);
        Assert.Contains("--quality", run.Error, StringComparison.Ordinal);
        string[] firsts = [.. run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1).Select(line => line.Split(' ')[0])];
        Assert.Equal(["k", "10", "12", "exact"], firsts);
    }

    [Fact]
    public async Task Searches_by_a_quality_reach_it_on_a_tuned_gallery_of_real_paintings()
    {
        string paintings = SharedData.Require("paintings");
        await CliRun.Of("index", paintings, "--gallery", _scratch["real.db"], "--limit", "300");
        await JitteredGallery.WriteAsync(_scratch["real.db"], _scratch["many.db"]);
        CliRun tuned = await CliRun.Of("tune", "--gallery", _scratch["many.db"], "-k", "20", "--queries", "100", "--quality", "0.9");
        Assert.Equal(0, tuned.ExitCode);
        List<double> qualities = [];
        foreach (string key in Enumerable.Range(0, 20).Select(i => $"{i * 97}"))
        {
            string[] exact = await KeysAsync(_scratch["many.db"], key, "2399", "--exact"), found = await KeysAsync(_scratch["many.db"], key, "20", "--quality", "0.9");
            qualities.Add(RetrievalMetrics.Quality(found.Select(work => Array.IndexOf(exact, work) + 1)));
        }

        Assert.True(Estimate.OfMean([.. qualities]).Upper >= 0.9, $"{qualities.Average()}");
    }

    [Fact]
    public async Task A_search_by_a_quality_goes_by_the_tuning_kept_and_others_do_not()
    {
        // A tuning that claims too much of too little.
        await JitteredGallery.TuneAsync(Gallery, space => new FastScanTuning(JitteredGallery.Count, space.Dimensions, [new(300, new(1, 1), 0.96, 0.96, 0.01)]));
        string[] exact = await KeysAsync(Gallery, "7", "300", "--exact");
        Assert.NotEqual(exact, await KeysAsync(Gallery, "7", "300", "--quality", "0.95"));
        Assert.Equal(exact, await KeysAsync(Gallery, "7", "300", "--quality", "0.97")); // more than was measured
        Assert.Equal(exact, await KeysAsync(Gallery, "7", "300", "--quality", "1"));
        Assert.InRange(exact.Intersect(await KeysAsync(Gallery, "7", "300")).Count(), 280, 300);
    }

    [Fact]
    public async Task The_figure_is_drawn_as_png_or_svg()
    {
        foreach (string file in (string[])["tune.png", "new/tune.svg"])
        {
            CliRun run = await TuneAsync([.. Quick, "--figure", _scratch[file]]);
            Assert.Contains(_scratch[file], run.Error, StringComparison.Ordinal);
        }

        Assert.Equal([0x89, (byte)'P', (byte)'N', (byte)'G'], File.ReadAllBytes(_scratch["tune.png"])[..4]);
        string text = string.Concat(XDocument.Load(_scratch["new/tune.svg"]).Descendants().Where(element => element.Name.LocalName == "text").Select(element => element.Value));
        Assert.Contains("2,340 works", text, StringComparison.Ordinal);
        Assert.Contains("k = 10,", text, StringComparison.Ordinal);
        Assert.Contains("demanded: 0.95", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_budget_too_small_is_told_with_what_it_would_buy()
    {
        CliRun run = await TuneAsync([.. Quick, "--budget-ms", "0.000001", "--figure", _scratch["tune.png"], "--json"]);
        Assert.Equal((1, ""), (run.ExitCode, run.Output));
        Assert.Contains("more than the budget of 1E-06 ms. The fastest search comes to", run.Error, StringComparison.Ordinal);
        Assert.Contains("Nothing is kept", run.Error, StringComparison.Ordinal);
        Assert.True(File.Exists(_scratch["tune.png"]));
        JsonElement info = (await CliRun.Of("info", "--gallery", Gallery, "--json")).Json();
        Assert.Equal(JsonValueKind.Null, info.GetProperty("spaces")[0].GetProperty("tuning").ValueKind);
    }

    [Fact]
    public async Task A_gallery_too_small_has_nothing_to_tune()
    {
        CliRun run = await CliRun.Of("tune", "--gallery", painted.Gallery);
        Assert.Equal(1, run.ExitCode);
        Assert.Contains($"{PaintedGallery.Count} signatures", run.Error, StringComparison.Ordinal);
        Assert.Contains("nothing to tune", run.Error, StringComparison.Ordinal);

        await SqliteGalleryStore.Open(_scratch["empty.db"]).DisposeAsync();
        CliRun empty = await CliRun.Of("tune", "--gallery", _scratch["empty.db"]);
        Assert.Equal(1, empty.ExitCode);
        Assert.Contains("is empty", empty.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("-k 2100", "-k", "2100")]
    [InlineData("at most 1200", "--queries", "1201")]
    public async Task More_than_the_gallery_has_is_told(string named, params string[] options)
    {
        CliRun run = await TuneAsync(options);
        Assert.Equal(1, run.ExitCode);
        Assert.Contains(named, run.Error, StringComparison.Ordinal);
        Assert.Single(run.Error.TrimEnd().Split('\n'));
    }

    [Theory]
    [InlineData("tune", "--quality", "1")]
    [InlineData("tune", "--quality", "0")]
    [InlineData("tune", "--quality", "high")]
    [InlineData("tune", "--budget-ms", "0")]
    [InlineData("tune", "--budget-ms", "NaN")]
    [InlineData("tune", "--queries", "39")]
    [InlineData("tune", "--seed", "x")]
    [InlineData("tune", "-k", "0")]
    [InlineData("tune", "--figure", "tune.jpg")]
    [InlineData("search", "--quality", "1.5")]
    [InlineData("search", "--quality", "-0.1")]
    [InlineData("search", "--exact", "--quality=0.9")]
    public async Task Wrong_values_are_wrong_usage(string command, string option, string value)
    {
        CliRun run = await CliRun.Of([command, .. command == "search" ? (string[])["1"] : [], "--gallery", Gallery, option, value]);
        Assert.Equal((2, ""), (run.ExitCode, run.Output));
        Assert.Contains(option, run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("System.", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Info_tells_when_a_tuning_has_grown_old()
    {
        Assert.Contains(" no", (await CliRun.Of("info", "--gallery", Gallery)).Output, StringComparison.Ordinal);
        await JitteredGallery.TuneAsync(Gallery, space => new FastScanTuning(2000, space.Dimensions, [new(50, new(100, 60), 0.96, 0.96, 0.01)]));
        CliRun fresh = await CliRun.Of("info", "--gallery", Gallery);
        Assert.Contains("for up to 50 of 2,000", fresh.Output, StringComparison.Ordinal);
        Assert.Equal("", fresh.Error);

        await JitteredGallery.TuneAsync(Gallery, space => new FastScanTuning(1000, space.Dimensions, [new(50, new(100, 60), 0.96, 0.96, 0.01)]));
        CliRun old = await CliRun.Of("info", "--gallery", Gallery, "--json");
        Assert.Equal(2.4, old.Json().GetProperty("spaces")[0].GetProperty("tuning").GetProperty("grown").GetDouble());
        Assert.Contains("tuned on 1,000 works and has 2,400", old.Error, StringComparison.Ordinal);
        Assert.Contains("artsim tune", old.Error, StringComparison.Ordinal);
    }

    private static async Task<string[]> KeysAsync(string gallery, string key, string k, params string[] options)
    {
        JsonElement found = (await CliRun.Of(["search", key, "--gallery", gallery, "-k", k, "--json", .. options])).Json();
        return [.. found.GetProperty("results").EnumerateArray().Select(result => result.GetProperty("key").GetString()!)];
    }

    private Task<CliRun> TuneAsync(params string[] options) => CliRun.Of(["tune", "--gallery", Gallery, .. options]);
}
