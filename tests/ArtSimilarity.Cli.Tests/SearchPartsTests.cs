using System.Text.Json;

namespace ArtSimilarity.Cli.Tests;

/// <summary>Searches by several works and images at once, wanted and unwanted.</summary>
public sealed class SearchPartsTests(PaintedGallery painted)
{
    [Fact]
    public async Task A_search_is_like_several_and_unlike_others_by_key_and_by_file()
    {
        JsonElement found = await JsonAsync("search", "art001", "--like", painted.ImageOf("art020"), "--unlike", "art003", "-k", "20", "--gallery", painted.Gallery);
        Assert.Equal(painted.ImageOf("art020"), found.GetProperty("like")[0].GetString());
        Assert.Equal("art003", found.GetProperty("unlike")[0].GetString());
        JsonElement[] results = [.. found.GetProperty("results").EnumerateArray()];
        string[] keys = [.. results.Select(result => result.GetProperty("key").GetString()!)];
        Assert.DoesNotContain("art001", keys);
        Assert.DoesNotContain("art003", keys);
        Assert.Equal("art020", keys[0]);
        Assert.Equal(painted.ImageOf("art020"), results[0].GetProperty("nearestTo").GetString());

        // Without what is unwanted no work is farther away.
        JsonElement without = await JsonAsync("search", "art001", "--like", painted.ImageOf("art020"), "-k", "1000", "--gallery", painted.Gallery);
        var distances = without.GetProperty("results").EnumerateArray().ToDictionary(result => result.GetProperty("key").GetString()!, result => result.GetProperty("distance").GetSingle());
        Assert.All(results, result => Assert.True(result.GetProperty("distance").GetSingle() >= distances[result.GetProperty("key").GetString()!]));

        CliRun table = await CliRun.Of("search", "art001", "--like", "art020", "--gallery", painted.Gallery, "-k", "3");
        Assert.Equal(0, table.ExitCode);
        Assert.Contains("nearest to", table.Output, StringComparison.Ordinal);
        CliRun plain = await CliRun.Of("search", "art001", "--gallery", painted.Gallery, "-k", "3");
        Assert.DoesNotContain("nearest to", plain.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_neither_key_nor_file_is_named_with_its_option()
    {
        CliRun like = await CliRun.Of("search", "art001", "--like", "nobody", "--gallery", painted.Gallery);
        Assert.Equal(1, like.ExitCode);
        Assert.Contains("--like nobody", like.Error, StringComparison.Ordinal);
        CliRun unlike = await CliRun.Of("search", "art001", "--unlike", "no.jpg", "--gallery", painted.Gallery);
        Assert.Equal(1, unlike.ExitCode);
        Assert.Contains("--unlike no.jpg", unlike.Error, StringComparison.Ordinal);
    }

    private static async Task<JsonElement> JsonAsync(params string[] line)
    {
        CliRun run = await CliRun.Of([.. line, "--json"]);
        Assert.True(run.ExitCode == 0, run.Error);
        return JsonDocument.Parse(run.Output).RootElement;
    }
}
