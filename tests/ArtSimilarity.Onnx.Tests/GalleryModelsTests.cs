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

        // Two outputs of one file are told apart by name.
        FeatureSpace usual = await RememberAsync(new OnnxFeatureExtractorOptions { ModelPath = Model, Preprocessing = Raw });
        ModelOrigin origin = await _store.RecallModelAsync(space, Token);
        Assert.Equal(("same", Model + "#same"), (origin.Output, origin.Reference));
        Assert.Equal(origin with { Sha256 = null, Source = null }, ModelOrigin.Parse(origin.Reference));
        foreach (string name in (string[])["means#same", "Means#SAME", Model + "#same", space.ModelId])
        {
            Assert.Equal(space, (await _store.FindModelAsync(name, Token)).Space);
        }

        Assert.Equal(usual, (await _store.FindModelAsync("means", Token)).Space);
        Assert.Equal("means#same", (await _store.FindModelAsync("means#same", Token)).Name);
        using IDisposable named = (IDisposable)origin.CreateExtractor(options => options.Preprocessing = Raw);
        Assert.Equal(space, ((OnnxFeatureExtractor)named).Space);
    }

    [Theory]
    [InlineData("two#work", "two", "work")]
    [InlineData("grey:two#work_2", "two", "work_2")]
    [InlineData("two#", "two#", null)]
    [InlineData("#work", "#work", null)]
    [InlineData("two#a.onnx", "two#a.onnx", null)]
    [InlineData("models/c#/two", "models/c#/two", null)]
    public void A_reference_may_name_an_output(string reference, string name, string? output)
    {
        ModelOrigin origin = ModelOrigin.Parse(reference);
        Assert.Equal((name, output), (origin.Name, origin.Output));
        Assert.Equal(reference, origin.Reference);
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
    public async Task A_model_for_grey_images_lies_beside_the_same_one_for_colours()
    {
        File.WriteAllBytes(Model, TinyModel.ChannelMeans());
        FeatureSpace colours = await RememberAsync(new OnnxFeatureExtractorOptions { ModelPath = Model, Preprocessing = Raw });
        FeatureSpace greys;
        using (var grey = new GreyFeatureExtractor(new OnnxFeatureExtractor(new OnnxFeatureExtractorOptions { ModelPath = Model, Preprocessing = Raw })))
        {
            greys = grey.Space;
            await AddSpaceAsync(greys);
            await _store.RememberModelAsync(greys, ModelOrigin.Of(grey), Token);
        }

        ModelOrigin origin = await _store.RecallModelAsync(greys, Token);
        Assert.Equal(await _store.RecallModelAsync(colours, Token) with { IsGrey = true }, origin);
        Assert.Equal("grey:" + Model, origin.Reference);
        Assert.Equal(origin with { Sha256 = null }, ModelOrigin.Parse(origin.Reference));
        Assert.DoesNotContain("isGrey", await _store.GetPropertyAsync($"model-origin:{colours}", Token), StringComparison.Ordinal);

        using (var again = Assert.IsType<GreyFeatureExtractor>(await _store.CreateExtractorAsync(greys, options => options.Preprocessing = Raw, Token)))
        {
            Assert.Equal(greys, again.Space);
            Assert.IsType<OnnxFeatureExtractor>(again.Extractor);
        }

        Assert.Equal(["means", "grey:means"], (await _store.GetModelsAsync(Token)).Select(model => model.Name));
        Assert.Equal(colours, (await _store.FindModelAsync(cancellationToken: Token)).Space);
        foreach (string name in new[] { "means", Model, colours.ModelId })
        {
            Assert.Equal(colours, (await _store.FindModelAsync(name, Token)).Space);
            Assert.Equal(greys, (await _store.FindModelAsync("Grey:" + name, Token)).Space);
        }

        await Assert.ThrowsAsync<GalleryStoreException>(() => _store.FindModelAsync("grey:", Token));
        Assert.Throws<ArgumentException>(() => ModelOrigin.Parse("grey:"));
    }

    [Fact]
    public async Task The_classical_extractor_of_grey_images_needs_nothing_to_be_remembered_either()
    {
        using var grey = new GreyFeatureExtractor(new ClassicalFeatureExtractor());
        await AddSpaceAsync(grey.Space);
        using var again = Assert.IsType<GreyFeatureExtractor>(await _store.CreateExtractorAsync(cancellationToken: Token));
        Assert.Equal(grey.Space, again.Space);
        Assert.Equal("grey:classical", (await _store.FindModelAsync("grey:classical", Token)).Origin.Reference);
        Assert.Equal(new ModelOrigin(ModelOrigin.Classical) { IsGrey = true }, ModelOrigin.Of(grey));
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
        Assert.Equal([false, true], (await _store.GetModelsAsync(Token)).Select(model => model.IsDefault));

        // Written again, it is kept in the present form alone.
        await _store.RememberModelAsync(extractor.Space, extractor.Origin, Token);
        Assert.Null(await _store.GetPropertyAsync($"model:{extractor.Space}", Token));
        Assert.Null(await _store.GetPropertyAsync("model", Token));
        Assert.Equal(extractor.Space, (await _store.FindModelAsync(null, Token)).Space);
        Assert.Equal(extractor.Origin, await _store.GetDefaultModelAsync(Token));
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

    [Fact]
    public async Task The_first_space_remembered_is_the_default_until_another_is_set()
    {
        Assert.Null(await _store.GetDefaultModelAsync(Token));
        var classical = new ClassicalFeatureExtractor();
        await _store.RememberModelAsync(classical.Space, ModelOrigin.Of(classical), Token);
        Assert.Equal(new ModelOrigin(ModelOrigin.Classical), await _store.GetDefaultModelAsync(Token)); // before it has a signature
        File.WriteAllBytes(Model, TinyModel.ChannelMeans());
        FeatureSpace second = await RememberAsync(new OnnxFeatureExtractorOptions { ModelPath = Model, Preprocessing = Raw });
        Assert.Equal(
            "The gallery has no signatures of its default model classical; it has means.",
            (await Assert.ThrowsAsync<GalleryStoreException>(() => _store.FindModelAsync(null, Token))).Message);
        await _store.SetDefaultSpaceAsync(second, Token);
        Assert.Equal(second, (await _store.FindModelAsync(null, Token)).Space);
        Assert.Equal(Model, (await _store.GetDefaultModelAsync(Token))!.Reference);
    }

    [Fact]
    public async Task A_space_is_found_by_every_name_of_its_model()
    {
        File.WriteAllBytes(Model, TinyModel.ChannelMeans());
        FeatureSpace space = await RememberAsync(new OnnxFeatureExtractorOptions { ModelPath = Model, Preprocessing = Raw });
        var stranger = new FeatureSpace("stranger@0123456789ab", "-", 3);
        await AddSpaceAsync(stranger);
        foreach (string name in (string[])["means", "MEANS", Model, Path.GetRelativePath(Environment.CurrentDirectory, Model), space.ModelId])
        {
            GalleryModel found = await _store.FindModelAsync(name, Token);
            Assert.Equal((space, "means", true, true, 1), (found.Space, found.Name, found.IsKnown, found.IsDefault, found.Count));
        }

        GalleryModel unknown = await _store.FindModelAsync(stranger.ModelId, Token);
        Assert.Equal((stranger.ModelId, "stranger", false), (unknown.Name, unknown.Origin.Name, unknown.IsKnown));
        Assert.Equal(
            $"The gallery has no space 'stranger'; it has means, {stranger.ModelId}.",
            (await Assert.ThrowsAsync<GalleryStoreException>(() => _store.FindModelAsync("stranger", Token))).Message);

        // Another model was written to the same path.
        File.WriteAllBytes(Model, TinyModel.ChannelMeans(batch: 2));
        FeatureSpace replaced = await RememberAsync(new OnnxFeatureExtractorOptions { ModelPath = Model, Preprocessing = Raw });
        Assert.Equal(
            $"'means' may be any of {space.ModelId} and {replaced.ModelId}: name one by that.",
            (await Assert.ThrowsAsync<GalleryStoreException>(() => _store.FindModelAsync("means", Token))).Message);
    }

    [Fact]
    public async Task A_default_of_former_versions_whose_file_is_gone_gives_way_and_others_stay()
    {
        var classical = new ClassicalFeatureExtractor();
        await _store.SetPropertyAsync("model", "some-model", Token);
        await _store.RememberModelAsync(classical.Space, ModelOrigin.Of(classical), Token);
        Assert.Equal(new ModelOrigin("some-model"), await _store.GetDefaultModelAsync(Token));
        await _store.SetPropertyAsync("model", Model, Token);
        await _store.RememberModelAsync(classical.Space, ModelOrigin.Of(classical), Token);
        Assert.Equal(new ModelOrigin(ModelOrigin.Classical), await _store.GetDefaultModelAsync(Token));
    }

    [Fact]
    public async Task What_is_forgotten_is_known_by_its_space_alone()
    {
        var space = new FeatureSpace("somebody-elses@0123456789ab", "-", 3);
        await AddSpaceAsync(space);
        await _store.RememberModelAsync(space, new ModelOrigin("theirs"), Token);
        Assert.Equal(new ModelOrigin("theirs"), await _store.RecallModelAsync(space, Token));
        await _store.RememberModelAsync(space, null, Token);
        Assert.Equal(new ModelOrigin("somebody-elses"), await _store.RecallModelAsync(space, Token));
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
