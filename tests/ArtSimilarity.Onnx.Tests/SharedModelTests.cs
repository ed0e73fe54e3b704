using System.Numerics.Tensors;
using ArtSimilarity.Conformance;
using ArtSimilarity.Imaging;
using Xunit;

namespace ArtSimilarity.Onnx.Tests;

/// <summary>Real models on real paintings.</summary>
public class SharedModelTests
{
    [Theory]
    [InlineData("mobilenetv2-gluon-features", 1280, 24)]
    [InlineData("resnet50v2-conv4-features", 1024, 8)]
    [InlineData("squeezenet1.1-features", 512, 24)]
    public void Two_digitisations_of_one_work_are_nearer_than_two_works(string model, int dimensions, int pairs)
    {
        using OnnxFeatureExtractor extractor = Load(model);
        Assert.Equal(dimensions, extractor.Space.Dimensions);
        Assert.StartsWith(model + "@", extractor.Space.ModelId, StringComparison.Ordinal);

        string[][] works = [.. File.ReadLines(SharedData.Require("paintings/same_work_pairs.csv")).Skip(1).Take(pairs).Select(line => line.Split(','))];
        float[][] ones = [.. works.Select(pair => Extract(extractor, pair[0]))];
        float[][] others = [.. works.Select(pair => Extract(extractor, pair[1]))];
        int first = 0;
        for (int i = 0; i < pairs; i++)
        {
            Assert.Equal(1, TensorPrimitives.Norm(ones[i]), 1e-5f);
            float[] similarities = [.. others.Select(other => TensorPrimitives.Dot(ones[i], other))];
            first += TensorPrimitives.IndexOfMax(similarities) == i ? 1 : 0;
        }

        Assert.True(first >= 0.8 * pairs, $"Only {first} of {pairs} works found their other digitisation first.");
    }

    [Theory]
    [InlineData("pool", 512)]
    [InlineData("feature_map", 512)]
    public void Taps_around_the_global_pool_of_a_real_model_agree_with_its_embedding(string tap, int dimensions)
    {
        using OnnxFeatureExtractor usual = Load("squeezenet1.1-features");
        using OnnxFeatureExtractor tapped = Load("squeezenet1.1-features", tap);
        Assert.Equal(dimensions, tapped.Space.Dimensions);
        float[] expected = Extract(usual, "paa2d7e7db2e5f");
        float[] actual = Extract(tapped, "paa2d7e7db2e5f");
        for (int i = 0; i < dimensions; i++)
        {
            Assert.Equal(expected[i], actual[i], 1e-5f);
        }

        Assert.NotEqual(usual.Space, tapped.Space);
    }

    [Fact]
    public void An_inner_tensor_of_a_real_model_can_be_tapped_that_the_optimiser_would_fuse_away()
    {
        using OnnxFeatureExtractor extractor = Load("squeezenet1.1-features", "squeezenet0_conv0_fwd");
        Assert.Equal(64, extractor.Space.Dimensions);
        Assert.Equal(1, TensorPrimitives.Norm(Extract(extractor, "paa2d7e7db2e5f")), 1e-5f);
    }

    [Fact]
    public void A_mistyped_tap_of_a_real_model_is_answered_with_the_right_name()
    {
        var e = Assert.Throws<OnnxModelException>(() => Load("squeezenet1.1-features", "squeezenet0_conv0_fw"));
        Assert.Contains("squeezenet0_conv0_fwd", e.Message, StringComparison.Ordinal);
    }

    private static OnnxFeatureExtractor Load(string model, string? output = null) =>
        new(new OnnxFeatureExtractorOptions { ModelPath = SharedData.Require($"models/{model}.onnx"), OutputName = output });

    private static float[] Extract(OnnxFeatureExtractor extractor, string painting)
    {
        string path = Directory.GetFiles(SharedData.Require("paintings/images"), painting + ".*").Single();
        using RgbImage image = new VipsImageDecoder().Decode(ImageSource.FromFile(path), extractor.InputSize);
        float[] signature = new float[extractor.Space.Dimensions];
        extractor.Extract([image], signature, TestContext.Current.CancellationToken);
        return signature;
    }
}
