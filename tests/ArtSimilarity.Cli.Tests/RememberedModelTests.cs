using System.Text.Json;
using ArtSimilarity.Features;
using ArtSimilarity.Galleries;
using ArtSimilarity.Imaging;
using ArtSimilarity.NetVips;
using ArtSimilarity.Onnx;
using ArtSimilarity.Sqlite;

namespace ArtSimilarity.Cli.Tests;

public sealed class RememberedModelTests(PaintedGallery painted)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("classical")]
    [InlineData("paintings-mobilenetv2")]
    [InlineData("genre-mobilenetv2")]
    public async Task Another_program_searches_by_an_image_in_a_gallery_of_artsim(string model)
    {
        Assert.SkipUnless(model == "classical" || ModelCatalog.KnownModels.Any(known => known.IsEmbedded), "This build carries no model.");
        using var scratch = new ScratchFolder();
        scratch.Write("works.csv", $"id,file\na,{painted.ImageOf("art001")}\nb,{painted.ImageOf("art002")}\n");
        Assert.Equal(0, (await CliRun.Of("index", scratch["works.csv"], "--gallery", scratch["g.db"], "--model", model)).ExitCode);

        JsonElement told = (await CliRun.Of("info", "--gallery", scratch["g.db"], "--json")).Json().GetProperty("spaces")[0].GetProperty("origin");
        Assert.Equal(model, told.GetProperty("name").GetString());
        Assert.Equal(ModelCatalog.KnownModels.SingleOrDefault(known => known.Name == model)?.Sha256, told.GetProperty("sha256").GetString());
        await using SqliteGalleryStore store = SqliteGalleryStore.Open(scratch["g.db"]);
        IFeatureExtractor extractor = await store.CreateExtractorAsync(cancellationToken: Token);
        try
        {
            ModelOrigin origin = await store.RecallModelAsync(extractor.Space, Token);
            Assert.Equal((model, null), (origin.Name, origin.Path));
            Assert.Equal(ModelCatalog.KnownModels.SingleOrDefault(known => known.Name == model)?.Sha256, origin.Sha256);
            await using var gallery = new Gallery(store, new NetVipsImageDecoder(), [extractor]);
            GallerySearchResult found = await gallery.SearchAsync(ImageSource.FromFile(painted.ImageOf("art002")), 2, cancellationToken: Token);
            Assert.Equal(["b", "a"], found.Results.Select(result => result.Painting.Key));
            Assert.Equal(0, found.Results[0].Distance, 1e-3f);
        }
        finally
        {
            (extractor as IDisposable)?.Dispose();
        }
    }
}
