using System.Text.Json;
using System.Xml.Linq;
using ArtSimilarity.TestSupport;

namespace ArtSimilarity.Cli.Tests;

/// <summary><c>artsim search --space NAME=WEIGHT</c>: several feature spaces at once.</summary>
public sealed class SpaceTests(PaintedGallery painted)
{
    [Fact]
    public async Task Two_models_are_searched_at_once_and_every_form_of_output_says_so()
    {
        using var scratch = new ScratchFolder();
        File.Copy(SharedData.Require("models/squeezenet1.1-features.onnx"), scratch["net.onnx"]);
        await CliRun.Of("index", painted.Images, "--gallery", scratch["g.db"], "--limit", "12", "--model", "classical");
        await CliRun.Of("index", painted.Images, "--gallery", scratch["g.db"], "--limit", "12", "--model", scratch["net.onnx"]);
        string[] search = ["search", painted.ImageOf("art001"), "--gallery", scratch["g.db"], "-k", "5", "--space", "net=3", "--space", "Classical=1"];

        JsonElement document = (await CliRun.Of([.. search, "--json"])).Json();
        Assert.Equal(["query", "seconds", "results", "spaces"], CliRun.Keys(document));
        Assert.Equal(
            [("net", 0.75), ("classical", 0.25)],
            document.GetProperty("spaces").EnumerateArray().Select(space => (space.GetProperty("name").GetString()!, space.GetProperty("weight").GetDouble())));
        Assert.Equal(5, document.GetProperty("results").GetArrayLength());
        foreach (JsonElement result in document.GetProperty("results").EnumerateArray())
        {
            double[] parts = [.. result.GetProperty("distances").EnumerateArray().Select(part => part.GetDouble())];
            Assert.Equal(Math.Sqrt((0.75 * parts[0] * parts[0]) + (0.25 * parts[1] * parts[1])), result.GetProperty("distance").GetDouble(), 1e-6);
        }

        // An image finds itself first, and then what its key finds.
        string key = Path.GetFileName(painted.ImageOf("art001"));
        JsonElement byKey = (await CliRun.Of("search", key, "--gallery", scratch["g.db"], "--space", "net=0.75", "--space", "classical=0.25", "--json")).Json().GetProperty("results")[0];
        Assert.Equal(key, document.GetProperty("results")[0].GetProperty("key").GetString());
        Assert.Equal(document.GetProperty("results")[1].GetProperty("key").GetString(), byKey.GetProperty("key").GetString());

        CliRun table = await CliRun.Of(search);
        Assert.Matches("distance +net +classical +similarity", table.Output.Split('\n')[0]);
        Assert.Contains("of weight 0.75", table.Error, StringComparison.Ordinal);
        await CliRun.Of([.. search, "--html", scratch["page.html"]]);
        XDocument page = DemoTests.Parse(await File.ReadAllTextAsync(scratch["page.html"], TestContext.Current.CancellationToken));
        Assert.Contains(page.Descendants("dd"), fact => fact.Value == "net 3 + classical 1");
        Assert.Matches(@"similarity [\d.]+ distance [\d.]+ net [\d.]+ classical [\d.]+", page.Descendants("p").First(element => element.Attribute("class")?.Value == "figures").Value);
    }

    [Fact]
    public async Task Spaces_without_a_work_in_common_are_told_from_a_filter_that_lets_nothing_through()
    {
        using var scratch = new ScratchFolder();
        string model = ColourModel.Write(scratch), gallery = scratch["g.db"];
        await CliRun.Of("index", painted.ImageOf("art001"), painted.ImageOf("art002"), "--gallery", gallery, "--model", "classical");
        await CliRun.Of("index", painted.ImageOf("art003"), painted.ImageOf("art004"), painted.ImageOf("art005"), "--gallery", gallery, "--model", model);
        string[] search = ["search", painted.ImageOf("art001"), "--gallery", gallery, "--space", "classical=1", "--space", "colours=1"];
        CliRun nothing = await CliRun.Of(search);
        Assert.Equal(0, nothing.ExitCode);
        Assert.Contains("no work has a signature in both classical and colours, so nothing can be found: index the pictures with the model that is missing: artsim index PATH", nothing.Error, StringComparison.Ordinal);
        Assert.Contains($"--model classical or {model}", nothing.Error, StringComparison.Ordinal);

        await CliRun.Of("index", painted.ImageOf("art003"), "--gallery", gallery, "--model", "classical");
        CliRun some = await CliRun.Of(search);
        Assert.Contains("only 1 work has a signature in both classical and colours, so 2 works cannot be found", some.Error, StringComparison.Ordinal);
        Assert.Contains("1 work in", some.Error, StringComparison.Ordinal);

        await CliRun.Of("index", painted.ImageOf("art004"), painted.ImageOf("art005"), "--gallery", gallery, "--model", "classical");
        await CliRun.Of("index", painted.ImageOf("art001"), painted.ImageOf("art002"), "--gallery", gallery, "--model", model);
        CliRun all = await CliRun.Of(search);
        Assert.DoesNotContain("signature", all.Error, StringComparison.Ordinal);
        CliRun filtered = await CliRun.Of([.. search, "--from-year", "9000"]);
        Assert.Contains("none of 5 works passes the filter", filtered.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("signature", filtered.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("filter", (await CliRun.Of([.. search, "--max-distance", "0"])).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_space_alone_gives_the_answer_of_a_plain_search()
    {
        JsonElement plain = (await CliRun.Of("search", "art001", "--gallery", painted.Gallery, "--json")).Json();
        JsonElement alone = (await CliRun.Of("search", "art001", "--gallery", painted.Gallery, "--space", "classical=7", "--json")).Json();
        Assert.Equal(Results(plain), Results(alone));
        Assert.Equal(1, alone.GetProperty("spaces")[0].GetProperty("weight").GetDouble());

        static IEnumerable<(string?, float)> Results(JsonElement document) =>
            document.GetProperty("results").EnumerateArray().Select(result => (result.GetProperty("key").GetString(), result.GetProperty("distance").GetSingle()));
    }

    [Fact]
    public async Task A_space_the_gallery_does_not_have_is_named_beside_those_it_has()
    {
        CliRun run = await CliRun.Of("search", "art001", "--gallery", painted.Gallery, "--space", "classical=1", "--space", "vgg=1");
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("'vgg'", run.Error, StringComparison.Ordinal);
        Assert.Contains("it has classical.", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--space", "classical")]
    [InlineData("--space", "=0.5")]
    [InlineData("--space", "classical=much")]
    [InlineData("--space", "classical=-1")]
    [InlineData("--space", "classical=NaN")]
    [InlineData("--space", "classical=0")]
    [InlineData("--space", "classical=1", "--space", "CLASSICAL=1")]
    [InlineData("--space", "classical=1", "--model", "classical")]
    public async Task Spaces_that_make_no_sense_are_wrong_usage(params string[] options)
    {
        CliRun run = await CliRun.Of(["search", "art001", "--gallery", painted.Gallery, .. options]);
        Assert.Equal(2, run.ExitCode);
        Assert.Contains("--space", run.Error, StringComparison.Ordinal);
        Assert.Equal("", run.Output);
    }
}
