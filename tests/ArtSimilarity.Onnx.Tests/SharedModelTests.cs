using System.Numerics.Tensors;
using ArtSimilarity.Imaging;
using ArtSimilarity.NetVips;
using ArtSimilarity.TestSupport;
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

    /// <summary>
    /// The expected numbers come from a program of its own: Pillow 9.4 resized the same noise, NumPy evaluated the graph's
    /// convolutions, poolings and concatenations in 64-bit floats.
    /// </summary>
    [Fact]
    public void A_signature_is_what_NumPy_computes_from_the_same_graph()
    {
        using OnnxFeatureExtractor extractor = Load("squeezenet1.1-features");
        using RgbImage image = new(300, 200);
        uint state = 12345;
        foreach (ref byte value in image.Pixels)
        {
            state = (state * 1664525) + 1013904223;
            value = (byte)(state >> 24);
        }

        float[] signature = new float[512];
        extractor.Extract([image], signature, TestContext.Current.CancellationToken);
        double[] expected =
        [
            0.004239, 0.127286, 0.002081, 0, 0.007422, 0.001556, 0, 0.031288, 0, 0.03052, 0, 0, 0.000037, 0.239595, 0.003387, 0.048744,
        ];
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.Equal(expected[i], signature[i], 2e-6);
        }

        Assert.Equal(0.6462771, signature.Select((value, i) => value * Math.Cos(i)).Sum(), 1e-5);
        Assert.Equal(1704.0943, signature.Select((value, i) => (double)value * i).Sum(), 0.01);
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
        using RgbImage image = new NetVipsImageDecoder().Decode(ImageSource.FromFile(path), extractor.InputSize);
        float[] signature = new float[extractor.Space.Dimensions];
        extractor.Extract([image], signature, TestContext.Current.CancellationToken);
        return signature;
    }
}
