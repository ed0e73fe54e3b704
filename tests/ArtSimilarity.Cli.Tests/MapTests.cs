using System.Text.Json;
using ArtSimilarity.Imaging;
using ArtSimilarity.NetVips;

namespace ArtSimilarity.Cli.Tests;

public sealed class MapTests(PaintedGallery painted)
{
    [Fact]
    public async Task The_map_is_drawn_kept_and_takes_new_works_in()
    {
        using var scratch = new ScratchFolder();
        string gallery = scratch["g.db"], catalogue = scratch["works.csv"];
        Write(45);
        Assert.Equal(0, (await CliRun.Of("index", catalogue, "--gallery", gallery, "--model", "classical")).ExitCode);
        JsonElement first = await MapAsync();
        Assert.Equal(["file", "works", "shown", "unreadable", "isNew", "placed", "seconds"], CliRun.Keys(first));
        Assert.Equal((45, true, 0, 0), Facts(first));
        using (RgbImage drawn = new NetVipsImageDecoder().Decode(ImageSource.FromFile(scratch["map.png"]), null, null, TestContext.Current.CancellationToken))
        {
            Assert.Equal(640, Math.Max(drawn.Width, drawn.Height));
            int ground = drawn.Pixels.ToArray().Count(value => value == 24);
            Assert.InRange(drawn.Pixels.Length - ground, 45 * 32 * 32 * 2, 45 * 32 * 32 * 3); // each of the 45 works has a cell of its own
        }

        byte[] before = File.ReadAllBytes(scratch["map.png"]);
        Assert.Equal((45, false, 0, 0), Facts(await MapAsync()));
        Assert.Equal(before, File.ReadAllBytes(scratch["map.png"]));

        // Some more: they are placed. A work less: it is gone. Many more: all are laid out anew.
        Write(50);
        Assert.Equal(0, (await CliRun.Of("index", catalogue, "--gallery", gallery)).ExitCode);
        Assert.Equal((50, false, 5, 0), Facts(await MapAsync()));
        Assert.Equal((50, false, 0, 0), Facts(await MapAsync()));
        Assert.Equal(0, (await CliRun.Of("remove", "w1", "--gallery", gallery)).ExitCode);
        Assert.Equal((49, false, 0, 0), Facts(await MapAsync()));
        Assert.Equal((49, true, 0, 0), Facts(await MapAsync("--renew")));
        string kept = Directory.GetFiles(gallery + ".index", "map-*.places").Single();
        File.WriteAllBytes(kept, File.ReadAllBytes(kept)[..^3]);
        Assert.Equal((49, true, 0, 0), Facts(await MapAsync())); // a damaged one is as good as none

        void Write(int count) => scratch.Write("works.csv", "id,file\n" + string.Concat(Enumerable.Range(1, count).Select(i => $"w{i},{painted.ImageOf($"art{i:000}")}\n")));

        async Task<JsonElement> MapAsync(params string[] more) =>
            (await CliRun.Of(["map", "--gallery", gallery, "--out", scratch["map.png"], "--size", "640", "--thumbnail", "32", "--force", "--json", .. more])).Json();
    }

    [Fact]
    public async Task Only_some_works_are_drawn_and_unreadable_ones_are_counted()
    {
        using var scratch = new ScratchFolder();
        string gone = scratch["gone" + Path.GetExtension(painted.ImageOf("art001"))];
        File.Copy(painted.ImageOf("art001"), gone);
        Assert.Equal(0, (await CliRun.Of("index", gone, painted.ImageOf("art002"), "--gallery", scratch["g.db"], "--model", "classical")).ExitCode);
        File.Delete(gone);
        CliRun run = await CliRun.Of("map", "--gallery", scratch["g.db"], "--out", scratch["map.png"]);
        Assert.Contains("2 works of 2 drawn, 1 picture unreadable; the map is laid out anew.", run.Error, StringComparison.Ordinal);
        CliRun forest = await CliRun.Of("map", "--gallery", painted.Gallery, "--out", scratch["forest.png"], "--genre", "forest");
        Assert.Contains("4 works of 4 drawn", forest.Error, StringComparison.Ordinal);
        CliRun unknown = await CliRun.Of("map", "--gallery", painted.Gallery, "--out", scratch["map.svg"]);
        Assert.Equal(2, unknown.ExitCode);
        Assert.Contains("must end in .png", unknown.Error, StringComparison.Ordinal);
    }

    private static (int Works, bool IsNew, int Placed, int Unreadable) Facts(JsonElement map) =>
        (map.GetProperty("works").GetInt32(), map.GetProperty("isNew").GetBoolean(), map.GetProperty("placed").GetInt32(), map.GetProperty("unreadable").GetInt32());
}
