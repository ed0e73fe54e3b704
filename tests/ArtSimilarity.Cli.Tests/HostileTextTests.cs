using System.Text.Json;
using ArtSimilarity.Cli.CommandLine;
using ArtSimilarity.CommandLine;

namespace ArtSimilarity.Cli.Tests;

/// <summary>What strangers write in names, keys and titles is shown and not obeyed.</summary>
public sealed class HostileTextTests(PaintedGallery painted)
{
    [Fact]
    public async Task Keys_and_titles_are_escaped_in_tables_and_faithful_in_json()
    {
        using var scratch = new ScratchFolder();
        string key = "k\u001b[31m\u202ered\u200b";
        scratch.Write("works.csv", $"id,file,title\n{key},{painted.ImageOf("art001")},\"T\u001b[2J\u009b1m\"\nother,{painted.ImageOf("art002")},\n");
        CliRun indexed = await CliRun.Of("index", scratch["works.csv"], "--gallery", scratch["g.db"], "--model", "classical");
        Assert.Equal(0, indexed.ExitCode);
        CliRun table = await CliRun.Of("search", "other", "--gallery", scratch["g.db"]);
        AssertHarmless(table);
        Assert.Contains("k\\u001b[31m\\u202ered\\u200b", table.Output, StringComparison.Ordinal);
        CliRun document = await CliRun.Of("search", "other", "--gallery", scratch["g.db"], "--json");
        AssertHarmless(document);
        JsonElement work = Assert.Single(document.Json().GetProperty("results").EnumerateArray());
        Assert.Equal(key, work.GetProperty("key").GetString());
        Assert.Equal("T\u001b[2J\u009b1m", work.GetProperty("title").GetString());
        CliRun terminal = await OnATerminalAsync("search", "other", "--gallery", scratch["g.db"]);
        Assert.DoesNotContain("\u001b[31m\u202e", terminal.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("\u001b[2J", terminal.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Errors_warnings_and_help_are_escaped_too()
    {
        using var scratch = new ScratchFolder();
        const string Name = "x\u001b[2J\u0090\u202e";
        scratch.Write(Name + ".jpg", "no image");
        CliRun[] runs =
        [
            await CliRun.Of("search", Name, "--gallery", painted.Gallery),
            await CliRun.Of("search", "x", "--gallery", Name),
            await CliRun.Of("index", scratch.Path, "--gallery", scratch["g.db"], "--model", "classical"),
            await CliRun.Of("index", Name, "--gallery", scratch["g.db"]),
            await CliRun.Of("index", scratch.Path, "--gallery", scratch["g.db"], "--model", Name),
            await CliRun.Of("remove", Name, "--gallery", painted.Gallery),
            await CliRun.Of("search", "x", "--gallery", painted.Gallery, "-k", Name),
            await CliRun.Of("search", "x", "--gallery", painted.Gallery, "--region", Name),
            await CliRun.Of("search", "x", "--gallery", painted.Gallery, "--space", Name + "=1"),
            await CliRun.Of("evaluate", "--gallery", painted.Gallery, "--by", Name),
            await CliRun.Of("models", "download", Name),
            await CliRun.Of(Name),
            await CliRun.Of("search", "x", "--gallery", "y", "--" + Name),
        ];
        Assert.All(runs, run =>
        {
            Assert.NotEqual(0, run.ExitCode);
            AssertHarmless(run);
            Assert.Contains("\\u001b[2J\\u0090\\u202e", run.Error, StringComparison.Ordinal);
        });
    }

    private static async Task<CliRun> OnATerminalAsync(params string[] args)
    {
        using StringWriter output = new(), error = new();
        int exitCode = await Artsim.RunAsync(args, new CliConsole("artsim", output, error, outputIsTerminal: true, errorIsTerminal: true), TestContext.Current.CancellationToken);
        return new CliRun(exitCode, output.ToString(), error.ToString());
    }

    private static void AssertHarmless(CliRun run) =>
        Assert.DoesNotContain(run.Output + run.Error, c => (char.IsControl(c) && c is not ('\n' or '\r')) || c is '\u202e' or '\u2066' or '\u200b');
}
