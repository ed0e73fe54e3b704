using System.Text.Json;
using ArtSimilarity.CommandLine;
using Xunit;

namespace ArtSimilarity.Cli.Tests;

/// <summary>Which work a photograph shows.</summary>
public sealed class IdentifyTests(PaintedGallery painted)
{
    [Fact]
    public async Task A_picture_of_the_gallery_is_named_and_located()
    {
        CliRun run = await CliRun.Of("identify", painted.ImageOf("art001"), "--gallery", painted.Gallery, "--json");
        Assert.Equal(0, run.ExitCode);
        JsonElement found = run.Json();
        Assert.Equal(["match", "probability", "region", "candidates", "seconds"], CliRun.Keys(found));
        Assert.Equal("art001", found.GetProperty("match").GetProperty("key").GetString());
        Assert.True(found.GetProperty("probability").GetDouble() > 0.9);
        double[] shown = [.. found.GetProperty("match").GetProperty("shown").EnumerateArray().Select(number => number.GetDouble())];
        Assert.All(new[] { 0.0, 0, 1, 1 }.Zip(shown), pair => Assert.Equal(pair.First, pair.Second, 0.03));
        double[] corner = [.. found.GetProperty("region")[2].EnumerateArray().Select(number => number.GetDouble())];
        Assert.Equal(1, corner[0], 0.03);
        Assert.Equal(1, corner[1], 0.03);
        Assert.Contains("points agree", (await CliRun.Of("identify", painted.ImageOf("art001"), "--gallery", painted.Gallery)).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Wrong_usage_is_told()
    {
        CliRun missing = await CliRun.Of("identify", "nowhere.jpg", "--gallery", painted.Gallery);
        Assert.NotEqual(0, missing.ExitCode);
        Assert.Contains("nowhere.jpg", missing.Error, StringComparison.Ordinal);
        CliRun unsure = await CliRun.Of("identify", painted.ImageOf("art001"), "--gallery", painted.Gallery, "--min-probability", "1");
        Assert.Equal(2, unsure.ExitCode);
        Assert.Contains("--min-probability", unsure.Error, StringComparison.Ordinal);
    }
}
