using System.Text.Json;
using ArtSimilarity.Features;
using ArtSimilarity.Galleries;
using ArtSimilarity.Imaging;
using ArtSimilarity.NetVips;
using ArtSimilarity.Onnx;
using ArtSimilarity.Sqlite;

namespace ArtSimilarity.Cli.Tests;

/// <summary><c>--grey</c>: works and queries without their colours, beside those with them.</summary>
public sealed class GreyTests(PaintedGallery painted)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_black_and_white_reproduction_is_found_without_colours_beside_a_search_with_them()
    {
        using var scratch = new ScratchFolder();
        string gallery = await IndexAsync(scratch);
        using (global::NetVips.Image picture = global::NetVips.Image.NewFromFile(painted.ImageOf("art003")))
        using (global::NetVips.Image grey = picture.Colourspace(global::NetVips.Enums.Interpretation.Bw))
        {
            grey.WriteToFile(scratch["grey.png"]);
        }

        JsonElement found = (await CliRun.Of("search", scratch["grey.png"], "--grey", "--gallery", gallery, "-k", "3", "--json")).Json();
        Assert.Equal("c", found.GetProperty("results")[0].GetProperty("key").GetString());
        double grey0 = found.GetProperty("results")[0].GetProperty("distance").GetDouble();
        JsonElement inColours = (await CliRun.Of("search", scratch["grey.png"], "--gallery", gallery, "-k", "3", "--json")).Json();
        double colour = inColours.GetProperty("results").EnumerateArray().Single(result => result.GetProperty("key").GetString() == "c").GetProperty("distance").GetDouble();
        Assert.True(grey0 < 0.1 && colour > 0.2, $"{grey0} {colour}");

        // By key, by the model's name, and both spaces at once.
        JsonElement byKey = (await CliRun.Of("search", "a", "--grey", "--gallery", gallery, "--json")).Json(), byName = (await CliRun.Of("search", "a", "--model", "grey:Classical", "--gallery", gallery, "--json")).Json();
        Assert.Equal(byKey.GetProperty("results").ToString(), byName.GetProperty("results").ToString());
        JsonElement both = (await CliRun.Of("search", painted.ImageOf("art003"), "--space", "classical=1", "--space", "grey:classical=3", "--gallery", gallery, "--json")).Json();
        Assert.Equal(["classical", "grey:classical"], both.GetProperty("spaces").EnumerateArray().Select(space => space.GetProperty("name").GetString()));
        Assert.Equal("c", both.GetProperty("results")[0].GetProperty("key").GetString());
        Assert.Equal(0, (await CliRun.Of("search", scratch["grey.png"], "--grey", "--photo", "--gallery", gallery)).ExitCode);
        Assert.Equal(0, (await CliRun.Of("verify", "--gallery", gallery)).ExitCode);
    }

    [Fact]
    public async Task The_gallery_remembers_the_model_of_grey_images_for_other_programs()
    {
        using var scratch = new ScratchFolder();
        string file = await IndexAsync(scratch);
        JsonElement info = (await CliRun.Of("info", "--gallery", file, "--json")).Json();
        Assert.Equal("classical", info.GetProperty("model").GetString()); // the first one stays the default
        Assert.Equal(["classical", "grey:classical"], info.GetProperty("spaces").EnumerateArray().Select(space => space.GetProperty("model").GetString()));
        Assert.Equal([false, true], info.GetProperty("spaces").EnumerateArray().Select(space => space.GetProperty("origin").GetProperty("grey").GetBoolean()));

        await using SqliteGalleryStore store = SqliteGalleryStore.Open(file);
        GalleryModel model = await store.FindModelAsync("grey:classical", Token);
        Assert.True(model.Origin.IsGrey);
        using var extractor = Assert.IsType<GreyFeatureExtractor>(await store.CreateExtractorAsync(model.Space, cancellationToken: Token));
        await using var gallery = new Gallery(store, new NetVipsImageDecoder(), [extractor]);
        GallerySearchResult found = await gallery.SearchAsync(ImageSource.FromFile(painted.ImageOf("art002")), 1, cancellationToken: Token);
        Assert.Equal("b", found.Results[0].Painting.Key);
    }

    [Fact]
    public async Task A_gallery_of_grey_images_alone_needs_not_be_told_again()
    {
        using var scratch = new ScratchFolder();
        scratch.Write("works.csv", $"id,file\na,{painted.ImageOf("art001")}\nb,{painted.ImageOf("art002")}\n");
        string[] index = ["index", scratch["works.csv"], "--gallery", scratch["g.db"], "--json"];
        Assert.Equal("grey:classical", (await CliRun.Of([.. index, "--model", "classical", "--grey"])).Json().GetProperty("model").GetString());
        JsonElement again = (await CliRun.Of(index)).Json();
        Assert.Equal(("grey:classical", 2), (again.GetProperty("model").GetString(), again.GetProperty("skipped").GetInt32()));
        Assert.Equal(0, (await CliRun.Of("search", painted.ImageOf("art001"), "--gallery", scratch["g.db"])).ExitCode);
        Assert.Equal(0, (await CliRun.Of([.. index, "--regions", "--grey"])).ExitCode);
        Assert.Equal(0, (await CliRun.Of("search", painted.ImageOf("art001"), "--in-regions", "--gallery", scratch["g.db"])).ExitCode);
    }

    [Fact]
    public async Task What_makes_no_sense_without_colours_is_told()
    {
        CliRun spaces = await CliRun.Of("search", "art001", "--grey", "--space", "classical=1", "--gallery", painted.Gallery);
        Assert.Equal(2, spaces.ExitCode);
        Assert.Contains("--space grey:classical=0.5", spaces.Error, StringComparison.Ordinal);
        CliRun notIndexed = await CliRun.Of("search", "art001", "--grey", "--gallery", painted.Gallery);
        Assert.Equal(1, notIndexed.ExitCode);
        Assert.Contains("was not indexed with grey:classical, but with classical: index the pictures again with --grey.", notIndexed.Error, StringComparison.Ordinal);
        CliRun labels = await CliRun.Of("classify", painted.ImageOf("art001"), "--model", "grey:classical");
        Assert.Equal(2, labels.ExitCode);
        CliRun imported = await CliRun.Of("search", "art001", "--grey", "--model", "annoy:theirs", "--gallery", painted.Gallery);
        Assert.Equal(2, imported.ExitCode);
        Assert.Contains("imported", imported.Error, StringComparison.Ordinal);
    }

    private async Task<string> IndexAsync(ScratchFolder scratch)
    {
        scratch.Write("works.csv", $"id,file\na,{painted.ImageOf("art001")}\nb,{painted.ImageOf("art002")}\nc,{painted.ImageOf("art003")}\nd,{painted.ImageOf("art004")}\n");
        Assert.Equal(0, (await CliRun.Of("index", scratch["works.csv"], "--gallery", scratch["g.db"], "--model", "classical")).ExitCode);
        JsonElement grey = (await CliRun.Of("index", scratch["works.csv"], "--gallery", scratch["g.db"], "--grey", "--json")).Json();
        Assert.Equal(("grey:classical", 4), (grey.GetProperty("model").GetString(), grey.GetProperty("indexed").GetInt32()));
        return scratch["g.db"];
    }
}
