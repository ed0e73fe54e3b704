using System.Text.Json;
using Xunit;

namespace ArtSimilarity.Cli.Tests;

/// <summary>A model with two signatures: of what kind a painting is, and of which painting it is.</summary>
public sealed class TwoSignaturesTests
{
    [Fact]
    public async Task A_gallery_gets_both_and_photographs_are_searched_by_the_one_that_finds_works()
    {
        using var scratch = new ScratchFolder();
        string model = ColourModel.WriteWithTwoSignatures(scratch), gallery = scratch["two.db"];
        Directory.CreateDirectory(scratch["pictures"]);
        string red = ColourModel.Paint(scratch, "pictures/red.png", 250, 10, 10);
        ColourModel.Paint(scratch, "pictures/green.png", 10, 250, 10);
        CliRun indexed = await CliRun.Of("index", scratch["pictures"], "--model", model, "--gallery", gallery, "--json");
        Assert.Equal(0, indexed.ExitCode);
        Assert.Equal(2, indexed.Json().GetProperty("indexed").GetInt32());
        JsonElement info = (await CliRun.Of("info", "--gallery", gallery, "--json")).Json();
        Assert.Equal([model, model + "#work"], info.GetProperty("spaces").EnumerateArray().Select(space => space.GetProperty("model").GetString()));
        Assert.Equal(model, info.GetProperty("model").GetString());

        // By kind where nothing is said; a photograph by work; what is named always.
        double kind = await DistanceOfGreenAsync("--model", model), work = await DistanceOfGreenAsync("--model", model + "#work");
        Assert.True(Math.Abs(kind - work) > 0.02, $"{kind} {work}");
        Assert.Equal(kind, await DistanceOfGreenAsync(), 1e-6);
        Assert.Equal(work, await DistanceOfGreenAsync("--photo", "--no-verify"), 1e-6);
        Assert.Equal(kind, await DistanceOfGreenAsync("--photo", "--no-verify", "--model", model), 1e-6);
        Assert.Equal(0, (await CliRun.Of("identify", red, "--gallery", gallery)).ExitCode);

        // A later run needs no name, and finds nothing to do.
        JsonElement again = (await CliRun.Of("index", scratch["pictures"], "--gallery", gallery, "--json")).Json();
        Assert.Equal((0, 2), (again.GetProperty("indexed").GetInt32(), again.GetProperty("skipped").GetInt32()));

        // One of them alone.
        Assert.Equal(0, (await CliRun.Of("index", scratch["pictures"], "--model", model + "#work", "--gallery", scratch["one.db"])).ExitCode);
        Assert.Equal(1, (await CliRun.Of("info", "--gallery", scratch["one.db"], "--json")).Json().GetProperty("spaces").GetArrayLength());

        async Task<double> DistanceOfGreenAsync(params string[] further)
        {
            CliRun run = await CliRun.Of(["search", red, "--gallery", gallery, "--json", .. further]);
            Assert.True(run.ExitCode == 0, run.Error);
            JsonElement[] found = [.. run.Json().GetProperty("results").EnumerateArray()];
            Assert.EndsWith("red.png", found[0].GetProperty("key").GetString(), StringComparison.Ordinal);
            return found[1].GetProperty("distance").GetDouble();
        }
    }
}
