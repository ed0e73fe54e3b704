using ArtSimilarity.Features;
using ArtSimilarity.Imaging;
using ArtSimilarity.Testing;
using Xunit;

namespace ArtSimilarity.Onnx.Tests;

public class SharedPassConformanceTests : SharedPassConformance
{
    private static readonly byte[] Model = TinyModel.Trained(new Dictionary<string, string>());

    protected override ISharedPassExtractor CreateFirst() => Create();

    protected override IFeatureExtractor CreateSecond() => Create("probabilities_style");

    [Fact]
    public void Only_outputs_of_the_same_file_come_from_one_pass()
    {
        using OnnxFeatureExtractor first = Create(), second = Create("probabilities"), map = Create("feature_map"), inner = Create("negative"), otherPixels = Create("probabilities", scale: 0.5f);
        using var otherFile = new OnnxFeatureExtractor(new OnnxFeatureExtractorOptions { ModelBytes = TinyModel.ChannelMeans(), ModelName = "tiny", Preprocessing = Preprocessing(1) });
        Assert.True(first.SharesPassWith(second));
        Assert.True(second.SharesPassWith(first));
        Assert.True(first.SharesPassWith(map));
        Assert.False(first.SharesPassWith(otherPixels));
        Assert.False(first.SharesPassWith(otherFile));

        // A tensor inside the graph is an output of its own extractor's session alone.
        Assert.False(first.SharesPassWith(inner));
        Assert.True(inner.SharesPassWith(first));
        Assert.True(inner.SharesPassWith(inner));
    }

    [Fact]
    public async Task The_images_without_numbers_are_named_once()
    {
        byte[] model = TinyModel.InfiniteAt77WithSum();
        using var first = new OnnxFeatureExtractor(new OnnxFeatureExtractorOptions { ModelBytes = model, ModelName = "tiny", Preprocessing = Preprocessing(1) });
        using var second = new OnnxFeatureExtractor(new OnnxFeatureExtractorOptions { ModelBytes = model, ModelName = "tiny", OutputName = "sum", Preprocessing = Preprocessing(1) });
        RgbImage[] images = [Plain(10), Plain(77), Plain(20)];
        Memory<float>[] signatures = [new float[9], new float[9]];
        var e = await Assert.ThrowsAsync<FeatureExtractionException>(async () => await first.ExtractTogetherAsync(images, [first, second], signatures, TestContext.Current.CancellationToken));
        Assert.Equal([1], e.ImageIndexes);
        Array.ForEach(images, image => image.Dispose());
        foreach (Memory<float> rows in signatures)
        {
            Assert.All(rows.Span[..3].ToArray().Concat(rows.Span[6..].ToArray()), number => Assert.True(float.IsFinite(number) && number != 0));
            Assert.All(rows.Span[3..6].ToArray(), number => Assert.True(float.IsNaN(number)));
        }

        static RgbImage Plain(byte value)
        {
            var image = new RgbImage(4, 4);
            image.Pixels.Fill(value);
            return image;
        }
    }

    private static OnnxFeatureExtractor Create(string? output = null, float scale = 1) =>
        new(new OnnxFeatureExtractorOptions { ModelBytes = Model, ModelName = "tiny", OutputName = output, Preprocessing = Preprocessing(scale) });

    private static ImagePreprocessing Preprocessing(float scale) => new() { InputSize = new ImageSize(4, 4), Scale = scale, Mean = new ChannelValues(0, 0, 0), Std = new ChannelValues(1, 1, 1) };
}
