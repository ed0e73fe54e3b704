using System.Text.Json;
using ArtSimilarity.Cli.Galleries;
using ArtSimilarity.Features;
using ArtSimilarity.Imaging;
using ArtSimilarity.Galleries;
using ArtSimilarity.NetVips;
using ArtSimilarity.Sqlite;

namespace ArtSimilarity.Cli.Tests;

/// <summary>Which model is taken where none is named.</summary>
public sealed class DefaultModelTests(PaintedGallery painted) : IDisposable
{
    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_model_that_comes_with_the_tool_indexes_searches_and_makes_the_demo_without_a_download()
    {
        Assert.SkipWhen(ModelReference.Default == ModelReference.Classical, "This build carries no model.");
        JsonElement indexed = (await CliRun.Of("index", painted.Images, "--gallery", _folder["g.db"], "--limit", "4", "--json")).Json();
        Assert.Equal(("paintings-mobilenetv2", 512), (indexed.GetProperty("model").GetString(), indexed.GetProperty("dimensions").GetInt32()));
        JsonElement found = (await CliRun.Of("search", painted.ImageOf("art001"), "--gallery", _folder["g.db"], "--json")).Json();
        Assert.Equal("art001", Path.GetFileNameWithoutExtension(found.GetProperty("results")[0].GetProperty("key").GetString()));
        JsonElement demo = (await CliRun.Of("demo", painted.Paintings, "--out", _folder["demo"], "--limit", "4", "--json")).Json();
        Assert.Equal("paintings-mobilenetv2", demo.GetProperty("model").GetString());

        // Classical stays available, beside it.
        JsonElement classical = (await CliRun.Of("index", painted.Images, "--gallery", _folder["g.db"], "--limit", "4", "--model", "classical", "--json")).Json();
        Assert.Equal(620, classical.GetProperty("dimensions").GetInt32());
    }

    [Fact]
    public async Task A_gallery_that_another_program_made_by_classical_signatures_is_searched_by_them()
    {
        await using (SqliteGalleryStore store = SqliteGalleryStore.Open(_folder["host.db"]))
        await using (var gallery = new Gallery(store, new NetVipsImageDecoder(), [new ClassicalFeatureExtractor()]))
        {
            string image = painted.ImageOf("art001");
            await gallery.AddAsync([new PaintingImage(new Painting("one") { ImageUri = image }, ImageSource.FromFile(image))], cancellationToken: TestContext.Current.CancellationToken);
        }

        JsonElement found = (await CliRun.Of("search", painted.ImageOf("art001"), "--gallery", _folder["host.db"], "--json")).Json();
        Assert.Equal("one", found.GetProperty("results")[0].GetProperty("key").GetString());
    }
}
