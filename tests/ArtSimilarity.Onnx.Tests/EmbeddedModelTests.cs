using ArtSimilarity.Features;
using ArtSimilarity.Imaging;
using ArtSimilarity.NetVips;
using ArtSimilarity.Onnx.Models;
using ArtSimilarity.TestSupport;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ArtSimilarity.Onnx.Tests;

/// <summary>The model that comes with the package; a build may be without, and then says so.</summary>
public sealed class EmbeddedModelTests : IDisposable
{
    private const string Name = EmbeddedModel.Name;
    private readonly string _folder = Directory.CreateTempSubdirectory("artsimilarity-").FullName;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static ModelDescription Description
    {
        get
        {
            Assert.SkipWhen(EmbeddedModel.Default is null, "This build carries no model: src/ArtSimilarity.Onnx/Models has no file.");
            return EmbeddedModel.Default!;
        }
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_build_without_the_model_says_so_where_the_default_is_asked_for()
    {
        Assert.SkipWhen(EmbeddedModel.Default is not null, "This build carries the model.");
        foreach (string? name in new[] { null, Name })
        {
            Assert.Contains("carries no model", Assert.Throws<OnnxModelException>(() => new OnnxFeatureExtractor(new OnnxFeatureExtractorOptions { ModelName = name })).Message, StringComparison.Ordinal);
            Assert.Contains("carries no model", Assert.Throws<OnnxModelException>(() => new OnnxImageClassifier(new OnnxImageClassifierOptions { ModelName = name, AllowDownload = true })).Message, StringComparison.Ordinal);
        }

        var services = new ServiceCollection();
        services.AddArtSimilarity().AddOnnxFeatureExtractor().AddOnnxImageClassifier();
        using ServiceProvider provider = services.BuildServiceProvider();
        Assert.Throws<OnnxModelException>(() => provider.GetRequiredService<IFeatureExtractor>());
        Assert.Throws<OnnxModelException>(() => provider.GetRequiredService<OnnxImageClassifier>());
    }

    [Fact]
    public void A_model_that_is_not_in_the_package_is_named() =>
        Assert.Equal("vgg", Assert.Throws<OnnxModelException>(() => EmbeddedModel.Read("vgg")).ModelName);

    [Fact]
    public void It_is_small_and_tells_the_genre_and_its_origin()
    {
        Assert.InRange(Description.Size, 100_000, 10_000_000);
        using var classifier = new OnnxImageClassifier(new OnnxImageClassifierOptions());
        Assert.Equal("genre", classifier.Target);
        Assert.Contains("landscape", classifier.Labels);
        Assert.Equal(10, classifier.Labels.Count);
        TrainedModelInfo info = classifier.TrainedModel!;
        Assert.StartsWith(Name + " ", info.Version, StringComparison.Ordinal);
        Assert.StartsWith("sha256:", info.TrainingSet, StringComparison.Ordinal);
        Assert.NotNull(info.Base);
        Assert.NotNull(info.Recipe);
        Assert.Equal(Description.Preprocessing, info.Preprocessing);
    }

    [Fact]
    public void The_default_its_name_and_its_file_are_one_feature_space()
    {
        string id = $"{Name}@{Description.Sha256[..12]}";
        using var usual = new OnnxFeatureExtractor(new OnnxFeatureExtractorOptions());
        Assert.Equal((id, 512, 512), (usual.Space.ModelId, usual.Space.Dimensions, Description.Dimensions));
        using var named = new OnnxFeatureExtractor(new OnnxFeatureExtractorOptions { ModelName = Name.ToUpperInvariant() });
        Assert.Equal(usual.Space, named.Space);

        string path = Path.Combine(_folder, Name + ".onnx");
        File.WriteAllBytes(path, EmbeddedModel.Read(Name));
        using var file = new OnnxFeatureExtractor(new OnnxFeatureExtractorOptions { ModelPath = path });
        Assert.Equal(usual.Space, file.Space);

        var services = new ServiceCollection();
        services.AddArtSimilarity().AddOnnxFeatureExtractor();
        using ServiceProvider provider = services.BuildServiceProvider();
        Assert.Equal(usual.Space, provider.GetRequiredService<IFeatureExtractor>().Space);
    }

    [Fact]
    public async Task The_catalogue_has_it_without_a_download_and_writes_it_out_when_asked_to()
    {
        var catalog = new ModelCatalog(new ModelCatalogOptions { Models = [Description], CacheDirectory = _folder });
        Assert.True(catalog.IsDownloaded(Name));
        Assert.Empty(Directory.GetFiles(_folder));
        using (var extractor = new OnnxFeatureExtractor(new OnnxFeatureExtractorOptions { ModelName = Name, Catalog = catalog, AllowDownload = true }))
        {
            Assert.Equal(512, extractor.Space.Dimensions);
        }

        Assert.Empty(Directory.GetFiles(_folder));
        string path = await catalog.DownloadAsync(Name, cancellationToken: Token);
        Assert.Equal(EmbeddedModel.Read(Name), await File.ReadAllBytesAsync(path, Token));
        Assert.Equal(path, await catalog.DownloadAsync(Name, cancellationToken: Token));
        Assert.Equal(Name, new ModelCatalog().Models[0].Name);
    }

    [Fact]
    public void It_has_a_signature_by_which_works_are_found_in_the_same_pass()
    {
        Assert.NotNull(Description);
        using var kind = new OnnxFeatureExtractor(new OnnxFeatureExtractorOptions());
        using var work = new OnnxFeatureExtractor(new OnnxFeatureExtractorOptions { OutputName = "work" });
        Assert.Equal([("embedding", "genre", kind.Space.Dimensions), ("work", "work", work.Space.Dimensions)], kind.TrainedModel!.Signatures.Select(signature => (signature.Output, signature.Tells, signature.Dimensions)));
        Assert.True(kind.SharesPassWith(work));
    }

    [Fact]
    public void Galleries_of_the_model_that_was_the_default_before_can_still_be_searched_by_images()
    {
        Assert.NotNull(Description);
        using var former = new OnnxFeatureExtractor(new OnnxFeatureExtractorOptions { ModelName = "genre-mobilenetv2" });
        Assert.Equal("genre-mobilenetv2@5ee19f0f6aa1", former.Space.ModelId);
        Assert.Equal(512, former.Space.Dimensions);
    }

    [Fact]
    public void Its_genres_are_mostly_those_of_real_paintings()
    {
        Assert.NotNull(Description);
        string[][] works = [.. File.ReadLines(SharedData.Require("paintings/paintings.csv")).Skip(1).Select(line => line.Split(',')).Where(fields => fields[4].Length > 0 && !fields[2].StartsWith('"')).Where((_, i) => i % 200 == 0)];
        using var classifier = new OnnxImageClassifier(new OnnxImageClassifierOptions());
        var decoder = new NetVipsImageDecoder();
        int right = 0;
        foreach (string[] work in works)
        {
            using RgbImage image = decoder.Decode(ImageSource.FromFile(Path.Combine(SharedData.Require("paintings"), work[1])), classifier.InputSize, cancellationToken: Token);
            float[] probabilities = new float[classifier.Labels.Count];
            classifier.Classify([image], probabilities, Token);
            right += classifier.Labels[Array.IndexOf(probabilities, probabilities.Max())] == work[4] ? 1 : 0;
        }

        // Most of them it was trained on, so this says that labels and preprocessing fit, not how good it is.
        Assert.True(right >= 0.6 * works.Length, $"{right} of {works.Length}");
    }
}
