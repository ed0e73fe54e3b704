using System.Text.Json;
using System.Xml.Linq;
using ArtSimilarity.Catalogues;
using ArtSimilarity.Cli.CommandLine;
using ArtSimilarity.Cli.Output;
using ArtSimilarity.Cli.Reports;
using ArtSimilarity.CommandLine;

namespace ArtSimilarity.Cli.Tests;

/// <summary>What a search may read and write besides files and tables.</summary>
public sealed class SearchOutputTests(PaintedGallery painted)
{
    [Fact]
    public async Task A_picture_comes_from_the_standard_input()
    {
        JsonElement piped = JsonDocument.Parse((await PipedAsync(painted.ImageOf("art020"), "search", "-", "--gallery", painted.Gallery, "--json")).Output).RootElement;
        Assert.Equal("art020", piped.GetProperty("results")[0].GetProperty("key").GetString());
        Assert.Equal("-", piped.GetProperty("query").GetString());
        using var scratch = new ScratchFolder();
        CliRun page = await PipedAsync(painted.ImageOf("art020"), "search", "-", "--gallery", painted.Gallery, "--html", scratch["page.html"], "--region", "0,0,10,10");
        Assert.Equal(0, page.ExitCode);
        Assert.Equal(11, DemoTests.Parse(File.ReadAllText(scratch["page.html"])).Descendants("img").Count());
        CliRun large = await PipedAsync(painted.ImageOf("art020"), "search", "-", "--gallery", painted.Gallery, "--max-bytes", "100");
        Assert.Equal(1, large.ExitCode);
        Assert.Contains("the standard input", large.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Works_farther_than_the_greatest_distance_are_left_out()
    {
        float[] all = Distances(await CliRun.Of("search", "art001", "--gallery", painted.Gallery, "-k", "20", "--json"));
        string limit = all[7].ToString("R", System.Globalization.CultureInfo.InvariantCulture);
        float[] near = Distances(await CliRun.Of("search", "art001", "--gallery", painted.Gallery, "-k", "20", "--max-distance", limit, "--json"));
        Assert.InRange(near.Length, 7, 8);
        Assert.Equal(all[..near.Length], near);
        CliRun none = await CliRun.Of("search", "art001", "--gallery", painted.Gallery, "--max-distance", "0");
        Assert.Equal(0, none.ExitCode);
        Assert.Contains("0 works in", none.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Results_are_exported_as_csv_and_no_field_is_a_formula()
    {
        using var scratch = new ScratchFolder();
        scratch.Write("works.csv", $"id,file,title,artist,genre,style,year\n=1+1,{painted.ImageOf("art001")},\"=HYPERLINK(\"\"http://x\"\",1)\",@SUM(1),+1,-2+3,-50\nquery,{painted.ImageOf("art002")},,,,,\n");
        await CliRun.Of("index", scratch["works.csv"], "--gallery", scratch["g.db"], "--model", "classical");
        CliRun run = await CliRun.Of("search", "query", "--gallery", scratch["g.db"], "--csv", "-");
        Assert.Equal(0, run.ExitCode);
        string[] lines = run.Output.TrimEnd().Split('\n');
        Assert.Equal("place,key,distance,similarity,title,artist,genre,style,year,tags,uri", lines[0]);
        Assert.StartsWith("1,'=1+1,", lines[1], StringComparison.Ordinal);
        Assert.Contains(",\"'=HYPERLINK(\"\"http://x\"\",1)\",'@SUM(1),'+1,'-2+3,-50,", lines[1], StringComparison.Ordinal);
        for (int again = 0; again < 2; again++)
        {
            string[] line = ["search", "query", "--gallery", scratch["g.db"], "--csv", scratch["found.csv"], "--json"];
            if (again > 0)
            {
                // A table may have been edited since.
                Assert.Equal(2, (await CliRun.Of(line)).ExitCode);
                line = [.. line, "--force"];
            }

            CliRun file = await CliRun.Of(line);
            Assert.Equal(0, file.ExitCode);
            Assert.Equal(run.Output, File.ReadAllText(scratch["found.csv"]));
        }

        Assert.Equal(2, (await CliRun.Of("search", "query", "--gallery", scratch["g.db"], "--csv", "-", "--json")).ExitCode);
        Assert.Equal(2, (await CliRun.Of("search", "query", "--gallery", scratch["g.db"], "--csv", scratch["works.csv"])).ExitCode);
        Assert.Equal(2, (await CliRun.Of("search", "query", "--gallery", scratch["g.db"], "--csv", scratch["a"], "--html", scratch["a"])).ExitCode);
    }

    [Theory]
    [InlineData("a,b", "\"a,b\"")]
    [InlineData("a\"b", "\"a\"\"b\"")]
    [InlineData("a\nb", "\"a\nb\"")]
    [InlineData(" a", "\" a\"")]
    [InlineData("-12", "-12")]
    [InlineData("-1-2", "'-1-2")]
    [InlineData("\tx", "'\tx")]
    [InlineData(null, "")]
    public void A_field_is_quoted_where_it_must_be(string? field, string expected) => Assert.Equal($"x,{expected}\n", CsvLine.Of(["x", field]));

    [Theory]
    [InlineData("/page/pictures/a b#c%.jpg", "/page", "./pictures/a%20b%23c%25.jpg")]
    [InlineData("/elsewhere/é.jpg", "/page", "file:///elsewhere/%C3%A9.jpg")]
    [InlineData("https://museum.example/a?b=1&c", "/page", "https://museum.example/a?b=1&c")]
    [InlineData("javascript:alert(1)", "/page", null)]
    [InlineData("data:text/html,x", "/page", null)]
    [InlineData("relative.jpg", "/page", null)]
    [InlineData(null, "/page", null)]
    public void A_report_links_to_files_and_web_addresses_alone(string? uri, string folder, string? expected)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "paths of Unix");
        Assert.Equal(expected, OriginalLink.Of(uri, folder));
    }

    [Fact]
    public void The_demos_report_links_to_its_originals()
    {
        XElement[] links = [.. DemoTests.Parse(File.ReadAllText(painted.Report)).Descendants("a")];
        Assert.Equal(13 * 6, links.Length);
        Assert.All(links, link => Assert.True(File.Exists(Path.Combine(painted.Folder, link.Attribute("href")!.Value))));
    }

    [Fact]
    public async Task Large_pictures_are_refused_or_allowed_by_option()
    {
        using var scratch = new ScratchFolder();
        File.Copy(painted.ImageOf("art001"), scratch["a.jpg"]);
        CliRun pixels = await CliRun.Of("index", scratch["a.jpg"], "--gallery", scratch["g.db"], "--model", "classical", "--max-pixels", "1K");
        CliRun bytes = await CliRun.Of("index", scratch["a.jpg"], "--gallery", scratch["g.db"], "--model", "classical", "--max-bytes", "100");
        Assert.Equal((1, 1), (pixels.ExitCode, bytes.ExitCode));
        Assert.Contains("1000", pixels.Error.Replace(",", "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Equal(0, (await CliRun.Of("index", scratch["a.jpg"], "--gallery", scratch["g.db"], "--model", "classical", "--max-pixels", "1G", "--max-bytes", "2G")).ExitCode);
        Assert.Equal(1, (await CliRun.Of("search", scratch["a.jpg"], "--gallery", scratch["g.db"], "--max-pixels", "1")).ExitCode);
    }

    [Fact]
    public async Task Works_whose_files_are_gone_are_pruned()
    {
        using var scratch = new ScratchFolder();
        Directory.CreateDirectory(scratch["a"]);
        Directory.CreateDirectory(scratch["ab"]);
        foreach ((string name, string key) in ((string, string)[])[("a/one.jpg", "art001"), ("a/two.jpg", "art002"), ("ab/three.jpg", "art003")])
        {
            File.Copy(painted.ImageOf(key), scratch[name]);
        }

        await CliRun.Of("index", scratch["a"], scratch["ab"], "--gallery", scratch["g.db"], "--model", "classical");
        File.Delete(scratch["a/two.jpg"]);
        File.Delete(scratch["ab/three.jpg"]);
        CliRun run = await CliRun.Of("index", scratch["a"], "--gallery", scratch["g.db"], "--prune");
        Assert.Contains("Removed 1 work whose file is gone: two.jpg.", run.Output, StringComparison.Ordinal);
        JsonElement left = (await CliRun.Of("list", "--gallery", scratch["g.db"], "--json")).Json();
        Assert.Equal(["one.jpg", "three.jpg"], left.GetProperty("works").EnumerateArray().Select(work => work.GetProperty("key").GetString()));
        Assert.Equal(0, (await CliRun.Of("index", scratch["a"], "--gallery", scratch["g.db"], "--prune", "--json")).Json().GetProperty("pruned").GetArrayLength());

        // An empty folder may be a drive that is not there: nothing is removed.
        File.Delete(scratch["a/one.jpg"]);
        Assert.Equal(1, (await CliRun.Of("index", scratch["a"], "--gallery", scratch["g.db"], "--prune")).ExitCode);
        Assert.Equal(2, (await CliRun.Of("list", "--gallery", scratch["g.db"], "--json")).Json().GetProperty("total").GetInt32());
        Assert.Equal(2, (await CliRun.Of("index", painted.ImageOf("art001"), "--gallery", scratch["g.db"], "--prune")).ExitCode);
    }

    [Fact]
    public async Task The_demo_prints_a_command_that_can_be_typed()
    {
        using var scratch = new ScratchFolder();
        CliRun run = await CliRun.Of("demo", "--out", scratch["my demo"], "--limit", "3", "--model", "classical");
        string line = run.Error.Split('\n').Single(line => line.Contains(" search --gallery ", StringComparison.Ordinal)).Trim();
        Assert.SkipWhen(OperatingSystem.IsWindows(), "typed into a shell of Unix");
        using var shell = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo("sh", ["-c", line]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        string output = await shell.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await shell.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(shell.ExitCode == 0, line);
        Assert.Contains("art0", output, StringComparison.Ordinal);
    }

    private static float[] Distances(CliRun run) => [.. run.Json().GetProperty("results").EnumerateArray().Select(result => result.GetProperty("distance").GetSingle())];

    private static async Task<CliRun> PipedAsync(string file, params string[] args)
    {
        using StringWriter output = new(), error = new();
        var console = new CliConsole("artsim", output, error, outputIsTerminal: false, errorIsTerminal: false) { OpenInput = () => File.OpenRead(file) };
        int exitCode = await Artsim.RunAsync(args, console, TestContext.Current.CancellationToken);
        return new CliRun(exitCode, output.ToString(), error.ToString());
    }
}
