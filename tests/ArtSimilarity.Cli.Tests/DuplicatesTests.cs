using System.Text.Json;
using ArtSimilarity.Imaging;
using ArtSimilarity.NetVips;
using NetVips;

namespace ArtSimilarity.Cli.Tests;

public sealed class DuplicatesTests(PaintedGallery painted)
{
    [Fact]
    public async Task A_cropped_copy_is_found_and_its_difference_is_drawn()
    {
        using var scratch = new ScratchFolder();
        using (Image whole = Image.NewFromFile(painted.ImageOf("art005")))
        using (Image crop = whole.Crop(whole.Width / 20, whole.Height / 25, whole.Width * 9 / 10, whole.Height * 9 / 10))
        using (Image copy = crop.Resize(0.8))
        {
            copy.WriteToFile(scratch["copy.jpg"]);
        }

        scratch.Write("works.csv", "id,file\ncopy,copy.jpg\n" + string.Concat(Enumerable.Range(1, 20).Select(i => $"art{i:000},{painted.ImageOf($"art{i:000}")}\n")));
        Assert.Equal(0, (await CliRun.Of("index", scratch["works.csv"], "--gallery", scratch["g.db"], "--model", "classical")).ExitCode);
        JsonElement document = (await CliRun.Of("duplicates", "--gallery", scratch["g.db"], "--max-distance", "2", "--rank", "4", "--min-agreement", "0.6", "--json")).Json();
        Assert.Equal(["works", "groups", "unreadable", "seconds"], CliRun.Keys(document));
        JsonElement group = Assert.Single(document.GetProperty("groups").EnumerateArray());
        Assert.Equal(["art005", "copy"], group.GetProperty("works").EnumerateArray().Select(work => work.GetProperty("key").GetString()).Order());
        Assert.InRange(group.GetProperty("pairs")[0].GetProperty("agreement").GetDouble(), 0.6, 1);
        CliRun table = await CliRun.Of("duplicates", "--gallery", scratch["g.db"], "--max-distance", "2", "--rank", "4", "--min-agreement", "0.6");
        Assert.Contains("1 group of 2 works, among 21", table.Error, StringComparison.Ordinal);
        CliRun signatures = await CliRun.Of("duplicates", "--gallery", scratch["g.db"], "--signatures", "--max-distance", "0");
        Assert.Equal("", signatures.Output);
        Assert.Contains("0 groups", signatures.Error, StringComparison.Ordinal);

        JsonElement difference = (await CliRun.Of("difference", "copy", "art005", "--gallery", scratch["g.db"], "--out", scratch["d.png"], "--json")).Json();
        Assert.Equal(["file", "first", "second", "agreement", "region"], CliRun.Keys(difference));
        Assert.Equal(0.9, difference.GetProperty("region").GetProperty("width").GetDouble(), 0.04);
        using RgbImage drawn = new NetVipsImageDecoder().Decode(ImageSource.FromFile(scratch["d.png"]), null, null, TestContext.Current.CancellationToken);
        Assert.InRange(drawn.Pixels.ToArray().Average(value => Math.Abs(value - 128)), 0, 30);
    }

    [Fact]
    public async Task What_makes_no_sense_is_refused()
    {
        using var scratch = new ScratchFolder();
        (string Expected, string[] Args)[] wrong =
        [
            ("--signatures does not open", ["duplicates", "--signatures", "--min-agreement", "0.5"]),
            ("at most 1", ["duplicates", "--min-agreement", "2"]),
            ("must end in .png", ["difference", "art001", "art002", "--out", scratch["d.gif"]]),
            ("'nobody'", ["difference", "art001", "nobody", "--out", scratch["d.png"]]),
        ];
        foreach ((string expected, string[] args) in wrong)
        {
            CliRun run = await CliRun.Of([.. args, "--gallery", painted.Gallery]);
            Assert.NotEqual(0, run.ExitCode);
            Assert.Contains(expected, run.Error, StringComparison.Ordinal);
        }
    }
}
