using System.Security.Cryptography;
using ArtSimilarity.Features;
using ArtSimilarity.Galleries;
using ArtSimilarity.Imaging;
using Xunit;

namespace ArtSimilarity.Onnx.Tests;

public sealed class GalleryModelsTests : IDisposable
{
    private static readonly ImagePreprocessing Raw = new() { Scale = 1, InputSize = new ImageSize(4, 4), Mean = new ChannelValues(0, 0, 0), Std = new ChannelValues(1, 1, 1) };

    private readonly string _folder = Directory.CreateTempSubdirectory("artsimilarity-").FullName;
    private readonly InMemoryGalleryStore _store = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string Model => Path.Combine(_folder, "means.onnx");

    public void Dispose()
    {
        _store.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task A_model_file_is_remembered_and_loaded_again()
    {
        byte[] bytes = TinyModel.ChannelMeans();
        File.WriteAllBytes(Model, bytes);
        FeatureSpace space = await RememberAsync(new OnnxFeatureExtractorOptions { ModelPath = Model, Preprocessing = Raw });
        Assert.Equal(
            new ModelOrigin("means") { Path = Model, Sha256 = Convert.ToHexStringLower(SHA256.HashData(bytes)) },
            await _store.RecallModelAsync(space, Token));
        using var again = (OnnxFeatureExtractor)await _store.CreateExtractorAsync(space, options => options.Preprocessing = Raw, Token);
        Assert.Equal(space, again.Space);

        // It was moved: the name in the space is that of the former file.
        string moved = Path.Combine(_folder, "moved.onnx");
        File.Move(Model, moved);
        OnnxModelException gone = await Assert.ThrowsAsync<OnnxModelException>(() => _store.CreateExtractorAsync(space, options => options.Preprocessing = Raw, Token));
        Assert.StartsWith($"means: the file {Model} is not there (any more). Its SHA-256 is ", gone.Message, StringComparison.Ordinal);
        using var there = (OnnxFeatureExtractor)await _store.CreateExtractorAsync(space, options => (options.Preprocessing, options.ModelPath, options.ModelName) = (Raw, moved, "means"), Token);
        Assert.Equal(space, there.Space);

        // Another model lies there by now.
        File.WriteAllBytes(Model, TinyModel.ChannelMeans(batch: 2));
        FeatureSpaceMismatchException other = await Assert.ThrowsAsync<FeatureSpaceMismatchException>(() => _store.CreateExtractorAsync(space, options => options.Preprocessing = Raw, Token));
        Assert.Contains($"the model {Model} makes those of means@", other.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_tensor_that_signatures_were_taken_from_is_found_again()
    {
        File.WriteAllBytes(Model, TinyModel.ChannelMeans());
        FeatureSpace space = await RememberAsync(new OnnxFeatureExtractorOptions { ModelPath = Model, Preprocessing = Raw, OutputName = "same" });
        Assert.EndsWith(":same", space.ModelId, StringComparison.Ordinal);
        using var again = (OnnxFeatureExtractor)await _store.CreateExtractorAsync(space, options => options.Preprocessing = Raw, Token);
        Assert.Equal(space, again.Space);
    }

    [Fact]
    public async Task The_classical_extractor_needs_nothing_to_be_remembered()
    {
        var classical = new ClassicalFeatureExtractor();
        await AddSpaceAsync(classical.Space);
        Assert.IsType<ClassicalFeatureExtractor>(await _store.CreateExtractorAsync(cancellationToken: Token));
        await _store.RememberModelAsync(classical.Space, ModelOrigin.Of(classical), Token);
        Assert.Equal(new ModelOrigin(ModelOrigin.Classical), await _store.RecallModelAsync(classical.Space, Token));
        Assert.IsType<ClassicalFeatureExtractor>(await _store.CreateExtractorAsync(classical.Space, cancellationToken: Token));
    }

    [Fact]
    public async Task What_former_versions_kept_is_understood()
    {
        File.WriteAllBytes(Model, TinyModel.ChannelMeans());
        using var extractor = new OnnxFeatureExtractor(new OnnxFeatureExtractorOptions { ModelPath = Model, Preprocessing = Raw });
        await AddSpaceAsync(new ClassicalFeatureExtractor().Space);
        await AddSpaceAsync(extractor.Space);
        await _store.SetPropertyAsync($"model:{extractor.Space}", Model, Token);
        await _store.SetPropertyAsync("model", Model, Token);
        using var again = (OnnxFeatureExtractor)await _store.CreateExtractorAsync(null, options => options.Preprocessing = Raw, Token);
        Assert.Equal(extractor.Space, again.Space);
        await _store.SetPropertyAsync($"model-origin:{extractor.Space}", "{", Token);
        await Assert.ThrowsAsync<GalleryStoreException>(() => _store.RecallModelAsync(extractor.Space, Token));
    }

    [Fact]
    public async Task What_no_model_is_known_for_says_so()
    {
        await Assert.ThrowsAsync<GalleryStoreException>(() => _store.CreateExtractorAsync(cancellationToken: Token));
        var space = new FeatureSpace("somebody-elses@0123456789ab", "-", 3);
        await AddSpaceAsync(space);
        OnnxModelException e = await Assert.ThrowsAsync<OnnxModelException>(() => _store.CreateExtractorAsync(cancellationToken: Token));
        Assert.Equal("somebody-elses: no model of this name is known. Set ModelPath to its file.", e.Message);
    }

    private async Task<FeatureSpace> RememberAsync(OnnxFeatureExtractorOptions options)
    {
        using var extractor = new OnnxFeatureExtractor(options);
        await AddSpaceAsync(extractor.Space);
        await _store.RememberModelAsync(extractor.Space, ModelOrigin.Of(extractor), Token);
        return extractor.Space;
    }

    private async Task AddSpaceAsync(FeatureSpace space) =>
        await _store.WriteAsync([new GalleryEntry(new Painting(space.ModelId), "h", [new Signature(space, new float[space.Dimensions])])], Token);
}
