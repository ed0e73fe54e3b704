using System.Text.Json;
using ArtSimilarity.CommandLine;
using ArtSimilarity.CommandLine.Figures;
using ArtSimilarity.Imaging;
using ArtSimilarity.NetVips;
using ArtSimilarity.Testing;

namespace ArtSimilarity.Cli.Tests;

/// <summary>Why two pictures are alike.</summary>
public sealed class ExplainTests(PaintedGallery painted)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_parts_add_up_to_the_similarity_that_a_search_tells()
    {
        using var scratch = new ScratchFolder();
        string gallery = await IndexAsync(scratch);
        JsonElement why = (await CliRun.Of("explain", "art001", "art014", "--gallery", gallery, "--json")).Json();
        Assert.Equal(["a", "b", "modelId", "seconds", "similarity", "biasShare", "partsOfA", "partsOfB"], CliRun.Keys(why));
        double similarity = why.GetProperty("similarity").GetDouble();
        Assert.Equal(similarity, SumOf(why, "partsOfA") + why.GetProperty("biasShare").GetDouble(), 1e-4);
        Assert.Equal(similarity, SumOf(why, "partsOfB") + why.GetProperty("biasShare").GetDouble(), 1e-4);
        Assert.Equal((4, 4), (why.GetProperty("partsOfA")[0].GetProperty("columns").GetInt32(), why.GetProperty("partsOfA")[0].GetProperty("rows").GetInt32()));
        Assert.Equal(await SearchedAsync(gallery, "art001"), similarity, 1e-4);

        JsonElement detail = (await CliRun.Of("explain", painted.ImageOf("art001"), "art014", "--gallery", gallery, "--region-a", "0.1,0.2,0.5,0.4", "--json")).Json();
        Assert.Equal([0.1, 0.2, 0.5, 0.4], detail.GetProperty("regionA").EnumerateArray().Select(number => number.GetDouble()));
        Assert.False(detail.TryGetProperty("regionB", out _));
        Assert.Equal(detail.GetProperty("similarity").GetDouble(), SumOf(detail, "partsOfA") + detail.GetProperty("biasShare").GetDouble(), 1e-4);
        Assert.Equal(await SearchedAsync(gallery, painted.ImageOf("art001"), "--region", "0.1,0.2,0.5,0.4"), detail.GetProperty("similarity").GetDouble(), 1e-4);
    }

    [Fact]
    public async Task A_point_is_found_in_the_other_picture()
    {
        using var scratch = new ScratchFolder();
        string gallery = await IndexAsync(scratch);
        string a = Quarters(scratch, "a.png", [(255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 0)]);
        string b = Quarters(scratch, "b.png", [(0, 255, 0), (0, 0, 255), (255, 255, 0), (255, 0, 0)]);
        JsonElement why = (await CliRun.Of("explain", a, b, "--gallery", gallery, "--point", "0.2,0.2", "--places", "4", "--json")).Json();
        JsonElement[] places = [.. why.GetProperty("places").EnumerateArray()];
        Assert.Equal(4, places.Length);
        Assert.All(places, place => Assert.True(place.GetProperty("x").GetDouble() >= 0.5 && place.GetProperty("y").GetDouble() >= 0.5)); // red is at the bottom right
        Assert.All(places, place => Assert.Equal(1, place.GetProperty("cosine").GetDouble(), 1e-5));

        CliRun text = await CliRun.Of("explain", a, b, "--gallery", gallery, "--point", "0.2,0.2");
        Assert.Equal(0, text.ExitCode);
        Assert.StartsWith("similarity ", text.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("%", text.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_figure_shows_both_pictures_and_replaces_only_figures()
    {
        using var scratch = new ScratchFolder();
        string gallery = await IndexAsync(scratch);
        string figure = scratch["why.png"];
        CliRun run = await CliRun.Of("explain", "art001", "art014", "--gallery", gallery, "--point", "0.5,0.5", "--out", figure);
        Assert.Equal(0, run.ExitCode);
        Assert.EndsWith(figure, run.Output.TrimEnd(), StringComparison.Ordinal);
        using (RgbImage drawn = new NetVipsImageDecoder().Decode(ImageSource.FromFile(figure), cancellationToken: Token))
        {
            Assert.True(drawn.Width > 800 && drawn.Height > 600, drawn.Size.ToString());
            Assert.Contains(Enumerable.Range(0, drawn.Width * drawn.Height), i => drawn.Pixels[3 * i] > 200 && drawn.Pixels[(3 * i) + 1] > 200 && drawn.Pixels[(3 * i) + 2] < 40); // the mark
        }

        Assert.Null(OwnFiles.WhyForeign(figure));
        Assert.Equal(0, (await CliRun.Of("explain", "art001", "art014", "--gallery", gallery, "--out", figure)).ExitCode);
        Assert.Equal(ExitCode.WrongUsage, (await CliRun.Of("explain", painted.ImageOf("art001"), "art014", "--gallery", gallery, "--out", Path.ChangeExtension(painted.ImageOf("art002"), ".txt"))).ExitCode);
    }

    [Theory]
    [InlineData("--point", "0.5", "expected x,y")]
    [InlineData("--point", "0.5,1.5", "expected x,y")]
    [InlineData("--region-b", "1,2,3", "expected x,y,width,height")]
    [InlineData("--places", "3", "--point")]
    [InlineData("--out", "why.svg", ".png")]
    public async Task Wrong_options_are_told(string option, string value, string expected)
    {
        CliRun run = await CliRun.Of("explain", "art001", "art002", "--gallery", painted.Gallery, option, value);
        Assert.Equal(ExitCode.WrongUsage, run.ExitCode);
        Assert.Contains(expected, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_cannot_be_explained_is_told()
    {
        CliRun classical = await CliRun.Of("explain", "art001", "art002", "--gallery", painted.Gallery);
        Assert.Equal(ExitCode.Failed, classical.ExitCode);
        Assert.Contains("classical has no feature map", classical.Error, StringComparison.Ordinal);
        using var scratch = new ScratchFolder();
        string gallery = await IndexAsync(scratch);
        CliRun missing = await CliRun.Of("explain", "art001", "nothing", "--gallery", gallery);
        Assert.Equal(ExitCode.Failed, missing.ExitCode);
        Assert.Contains("'nothing' is neither an image file nor the key of a work", missing.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_explanation_can_be_interrupted()
    {
        using var scratch = new ScratchFolder();
        string gallery = await IndexAsync(scratch);
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        CliRun run = await CliRun.Of(cancelled.Token, "explain", "art001", "art014", "--gallery", gallery);
        Assert.Equal(ExitCode.Failed, run.ExitCode);
        Assert.Contains("interrupted", run.Error, StringComparison.Ordinal);
    }

    /// <summary>Two of the painted works, by a model that sees 4 × 4 places.</summary>
    private async Task<string> IndexAsync(ScratchFolder scratch)
    {
        scratch.Write("works.csv", $"id,file\nart001,{painted.ImageOf("art001")}\nart014,{painted.ImageOf("art014")}\n");
        CliRun run = await CliRun.Of("index", scratch["works.csv"], "--gallery", scratch["g.db"], "--model", ColourModel.Write(scratch));
        Assert.Equal(0, run.ExitCode);
        return scratch["g.db"];
    }

    private static async Task<double> SearchedAsync(string gallery, string query, params string[] options)
    {
        JsonElement found = (await CliRun.Of(["search", query, "--gallery", gallery, "--json", .. options])).Json();
        return found.GetProperty("results").EnumerateArray().Single(work => work.GetProperty("key").GetString() == "art014").GetProperty("similarity").GetDouble();
    }

    private static double SumOf(JsonElement document, string parts) =>
        document.GetProperty(parts).EnumerateArray().SelectMany(grid => grid.GetProperty("values").EnumerateArray()).Sum(value => value.GetDouble());

    /// <summary>A picture of four colours: top left, top right, bottom left, bottom right.</summary>
    private static string Quarters(ScratchFolder scratch, string name, (byte Red, byte Green, byte Blue)[] colors)
    {
        byte[] Row(int first) => [0, .. Enumerable.Range(0, 8).Select(i => colors[first + (i / 4)]).SelectMany(color => (byte[])[color.Red, color.Green, color.Blue])];
        File.WriteAllBytes(scratch[name], SyntheticPng.Encode(8, 8, 8, 2, [.. Enumerable.Range(0, 8).SelectMany(y => Row(2 * (y / 4)))]));
        return scratch[name];
    }
}
