using System.Numerics.Tensors;
using ArtSimilarity.Explaining;
using ArtSimilarity.Features;
using ArtSimilarity.Imaging;
using ArtSimilarity.TestSupport;
using Xunit;

namespace ArtSimilarity.Onnx.Tests;

/// <summary>Maps, regions and decompositions of small models that say what is inside, and of real ones.</summary>
public class FeatureMapTests
{
    private static readonly ImageRegion Whole = new(0, 0, 1, 1);

    private static readonly ImagePreprocessing Plain = new()
    {
        InputSize = new ImageSize(4, 4), Scale = 1, Mean = new ChannelValues(0, 0, 0), Std = new ChannelValues(1, 1, 1),
    };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<string> Models => ["", "mobilenetv2-gluon-features", "resnet50v2-conv4-features", "squeezenet1.1-features"];

    [Theory]
    [MemberData(nameof(Models))]
    public async Task The_whole_region_at_the_models_own_size_has_the_signature_of_the_image(string model)
    {
        using OnnxFeatureExtractor extractor = Load(model);
        using RgbImage image = Painting(1, 300, 260);
        float[] expected = await SignatureAsync(extractor, image);
        float[] actual = new float[extractor.Space.Dimensions];
        await extractor.ExtractRegionsAsync(image, new[] { Whole }, extractor.InputSize, actual, Token);
        Assert.Equal(1, TensorPrimitives.Norm<float>(actual), 1e-5f);
        AssertNear(expected, actual, 1e-4f);
    }

    [Theory]
    [MemberData(nameof(Models))]
    public async Task The_parts_of_a_signature_add_up_to_it(string model)
    {
        using OnnxFeatureExtractor extractor = Load(model);
        using RgbImage image = Painting(2, 300, 260);
        SignatureDecomposition whole = await extractor.DecomposeAsync(image, cancellationToken: Token);
        AssertNear(await SignatureAsync(extractor, image), Normalized(whole), 1e-4f);

        ImageRegion region = new(0.2, 0.35, 0.45, 0.5);
        float[] expected = new float[extractor.Space.Dimensions];
        await extractor.ExtractRegionsAsync(image, new[] { region }, null, expected, Token);
        SignatureDecomposition part = await extractor.DecomposeAsync(image, region, cancellationToken: Token);
        AssertNear(expected, Normalized(part), 1e-4f);
        FeatureMap map = part.Maps[0];
        Assert.True(map.Width > whole.Maps[0].Width && map.Height > whole.Maps[0].Height);
        Assert.Equal(0, TensorPrimitives.Norm(map.At(map.PositionAt(0.9, 0.1))));
        Assert.NotEqual(0, TensorPrimitives.Norm(map.At(map.PositionAt(0.4, 0.6))));
    }

    [Theory]
    [MemberData(nameof(Models))]
    public async Task An_explanation_adds_up_to_the_similarity_of_images_and_regions(string model)
    {
        using OnnxFeatureExtractor extractor = Load(model);
        using RgbImage a = Painting(3, 300, 260);
        using RgbImage b = Painting(4, 200, 310);
        ImageRegion region = new(0.1, 0.3, 0.6, 0.55);
        float[] signatureA = await SignatureAsync(extractor, a);
        float[] signatureB = await SignatureAsync(extractor, b);
        float[] signatureOfRegion = new float[extractor.Space.Dimensions];
        await extractor.ExtractRegionsAsync(b, new[] { region }, null, signatureOfRegion, Token);
        using RgbImage crop = b.Crop(region);

        SignatureDecomposition partsOfA = await extractor.DecomposeAsync(a, cancellationToken: Token);
        (float[] Signature, SignatureDecomposition Parts)[] others =
        [
            (signatureA, partsOfA),
            (signatureB, await extractor.DecomposeAsync(b, cancellationToken: Token)),
            (signatureOfRegion, await extractor.DecomposeAsync(b, region, cancellationToken: Token)),
            (await SignatureAsync(extractor, crop), await extractor.DecomposeAsync(crop, cancellationToken: Token)),
        ];
        foreach ((float[] signature, SignatureDecomposition parts) in others)
        {
            var explanation = SimilarityExplanation.Explain(partsOfA, parts);
            double similarity = TensorPrimitives.Dot<float>(signatureA, signature);
            Assert.Equal(similarity, explanation.Similarity, 1e-4);
            Assert.Equal(similarity, explanation.BiasShare + explanation.PartsOfA.Sum(map => map.Values.Sum()), 1e-4);
            Assert.Equal(similarity, explanation.BiasShare + explanation.PartsOfB.Sum(map => map.Values.Sum()), 1e-4);
            Assert.Equal(similarity, explanation.BiasShare + explanation.PairContributions().Cast<double>().Sum(), 1e-4);
        }
    }

    [Theory]
    [MemberData(nameof(Models))]
    public async Task A_region_is_nearer_to_its_own_crop_than_to_any_other(string model)
    {
        using OnnxFeatureExtractor extractor = Load(model);
        using RgbImage image = Painting(5, 448, 448);
        ImageRegion[] regions = [new(0, 0, 0.5, 0.5), new(0.5, 0, 0.5, 0.5), new(0, 0.5, 0.5, 0.5), new(0.5, 0.5, 0.5, 0.5)];
        int dimensions = extractor.Space.Dimensions;
        float[] signatures = new float[regions.Length * dimensions];
        await extractor.ExtractRegionsAsync(image, regions, null, signatures, Token);
        for (int i = 0; i < regions.Length; i++)
        {
            using RgbImage crop = image.Crop(regions[i]);
            float[] expected = await SignatureAsync(extractor, crop);
            float[] cosines = [.. regions.Select((_, j) => TensorPrimitives.Dot<float>(expected, signatures.AsSpan(j * dimensions, dimensions)))];
            Assert.Equal(i, TensorPrimitives.IndexOfMax<float>(cosines));
            Assert.True(cosines[i] > 0.7, $"{model}: region {i} has cosine {cosines[i]} with its crop.");
        }
    }

    [Theory]
    [MemberData(nameof(Models))]
    public async Task A_point_is_found_again_in_a_shifted_crop(string model)
    {
        using OnnxFeatureExtractor extractor = Load(model);
        using RgbImage image = Painting(6, 448, 448);
        using RgbImage crop = image.Crop(new ImageRegion(0.25, 0.25, 0.75, 0.75));
        SignatureDecomposition a = await extractor.DecomposeAsync(image, inputSize: new ImageSize(448, 448), cancellationToken: Token);
        SignatureDecomposition b = await extractor.DecomposeAsync(crop, inputSize: new ImageSize(336, 336), cancellationToken: Token);
        var explanation = SimilarityExplanation.Explain(a, b);
        int found = 0, asked = 0;
        for (double x = 0.4; x < 0.9; x += 0.1)
        {
            for (double y = 0.4; y < 0.9; y += 0.1)
            {
                IReadOnlyList<Correspondence> places = explanation.CorrespondencesOf(x, y, 3);
                Assert.Equal(3, places.Count);
                Assert.True(places[0].Cosine >= places[1].Cosine && places[1].Cosine >= places[2].Cosine);
                double distance = places.Min(place => Math.Max(
                    Math.Abs(place.Cell.X + (place.Cell.Width / 2) - ((x - 0.25) / 0.75)), Math.Abs(place.Cell.Y + (place.Cell.Height / 2) - ((y - 0.25) / 0.75))));
                asked++;
                found += distance < 0.16 ? 1 : 0;
            }
        }

        Assert.True(found >= 0.75 * asked, $"{model}: {found} of {asked} points found again.");
    }

    [Fact]
    public async Task The_map_of_a_small_model_is_the_image_itself_position_after_position()
    {
        using OnnxFeatureExtractor extractor = Load(TinyModel.ChannelMeans());
        using RgbImage image = new(4, 4);
        for (int i = 0; i < image.Pixels.Length; i++)
        {
            image.Pixels[i] = (byte)i;
        }

        FeatureMap map = await extractor.ExtractMapAsync(image, cancellationToken: Token);
        Assert.Equal((4, 4, 3), (map.Width, map.Height, map.Dimensions));
        Assert.Equal(Enumerable.Range(0, 48).Select(i => (float)i), map.Values.ToArray());
        Assert.Equal(new ImageSize(8, 8), extractor.RegionInputSize);
    }

    [Fact]
    public async Task A_region_is_averaged_with_the_parts_of_the_cells_inside()
    {
        using OnnxFeatureExtractor extractor = Load(TinyModel.ChannelMeans());
        using RgbImage image = new(4, 4);
        image.Pixels.Clear();
        image.Pixels[(3 * 0) + 0] = 100; // red in the first cell
        image.Pixels[(3 * 1) + 1] = 100; // green in the second
        float[] signature = new float[3];
        await extractor.ExtractRegionsAsync(image, new[] { new ImageRegion(0.125, 0, 0.375, 0.25) }, new ImageSize(4, 4), signature, Token);
        float norm = MathF.Sqrt(1 + 4); // half of the first cell, the whole second
        AssertNear([1 / norm, 2 / norm, 0], signature, 1e-6f);
    }

    [Fact]
    public async Task Every_layer_that_is_linear_at_an_input_may_lie_behind_the_pooling()
    {
        byte[] model =
        [
            .. TinyModel.Build(
                [TinyModel.Input("input", TinyModel.Float, 0, 3, 4, 4)],
                ["embedding"],
                TinyModel.Node("GlobalAveragePool", ["input"], "pool"),
                TinyModel.Node("Flatten", ["pool"], "flat"),
                TinyModel.Node("Sub", ["flat", "level"], "centred"),
                TinyModel.Node("LeakyRelu", ["centred"], "leaky"),
                TinyModel.Node("Mul", ["scale", "leaky"], "scaled"),
                TinyModel.Node("BatchNormalization", ["scaled", "scale", "level", "mean", "variance"], "normalised"),
                TinyModel.Node("Neg", ["normalised"], "negative"),
                TinyModel.Node("Clip", ["negative", "low", "high"], "clipped"),
                TinyModel.Node("Div", ["clipped", "scale"], "divided"),
                TinyModel.Node("Relu", ["divided"], "open"),
                TinyModel.Node("Add", ["open", "mean"], "embedding")),
            .. TinyModel.Weights("level", 100, 50, 20), .. TinyModel.Weights("scale", 2, -1, 0.5f), .. TinyModel.Weights("mean", 3, -4, 5),
            .. TinyModel.Weights("variance", 4, 9, 1), .. TinyModel.Scalar("low", -60), .. TinyModel.Scalar("high", 40),
        ];
        using OnnxFeatureExtractor extractor = Load(model);
        for (int seed = 0; seed < 8; seed++)
        {
            using RgbImage image = Painting(seed, 9, 7);
            float[] expected = await SignatureAsync(extractor, image);
            SignatureDecomposition parts = await extractor.DecomposeAsync(image, cancellationToken: Token);
            AssertNear(expected, Normalized(parts), 1e-5f);
        }
    }

    [Fact]
    public async Task Several_pooled_maps_have_a_grid_each()
    {
        byte[] concat = [.. TinyModel.Node("Concat", ["fine_flat", "coarse_flat"], "both"), .. TinyModel.Integer("axis", 1)];
        byte[] pool = [.. TinyModel.Node("MaxPool", ["input"], "coarse"), .. TinyModel.Integers("kernel_shape", 2, 2), .. TinyModel.Integers("strides", 2, 2)];
        byte[] model =
        [
            .. TinyModel.Build(
                [TinyModel.Input("input", TinyModel.Float, 0, 3, 4, 4)],
                ["embedding"],
                pool,
                TinyModel.Node("GlobalAveragePool", ["input"], "fine_pool"),
                TinyModel.Node("GlobalAveragePool", ["coarse"], "coarse_pool"),
                TinyModel.Node("Flatten", ["fine_pool"], "fine_flat"),
                TinyModel.Node("Flatten", ["coarse_pool"], "coarse_flat"),
                concat,
                TinyModel.Node("Sub", ["both", "level"], "less"),
                TinyModel.Node("Relu", ["less"], "embedding")),
            .. TinyModel.Weights("level", 10, 120, 130, 140, 150, 160),
        ];
        using OnnxFeatureExtractor extractor = Load(model);
        using RgbImage image = Painting(7, 4, 4);
        SignatureDecomposition parts = await extractor.DecomposeAsync(image, cancellationToken: Token);
        Assert.Equal([(4, 4), (2, 2)], parts.Maps.Select(map => (map.Width, map.Height)));
        AssertNear(await SignatureAsync(extractor, image), Normalized(parts), 1e-5f);
        var explanation = SimilarityExplanation.Explain(parts, parts);
        Assert.Equal(1, explanation.BiasShare + explanation.PartsOfA.Sum(map => map.Values.Sum()), 1e-5);
        Assert.Equal((20, 20), (explanation.PairContributions().GetLength(0), explanation.PairContributions().GetLength(1)));
    }

    [Theory]
    [InlineData("Sigmoid", "Sigmoid")]
    [InlineData("Softmax", "Softmax")]
    [InlineData("GlobalMaxPool", "GlobalMaxPool")]
    public async Task A_model_that_is_not_linear_behind_an_average_cannot_be_decomposed(string operation, string named)
    {
        byte[] model = TinyModel.Build(
            [TinyModel.Input("input", TinyModel.Float, 0, 3, 4, 4)],
            ["embedding"],
            operation == "GlobalMaxPool" ? TinyModel.Node("GlobalMaxPool", ["input"], "pool") : TinyModel.Node("GlobalAveragePool", ["input"], "pool"),
            operation == "GlobalMaxPool" ? TinyModel.Node("Flatten", ["pool"], "embedding") : TinyModel.Node(operation, ["pool"], "embedding"));
        using OnnxFeatureExtractor extractor = Load(model);
        using RgbImage image = Painting(1, 4, 4);
        _ = await SignatureAsync(extractor, image);
        var e = await Assert.ThrowsAsync<FeatureMapNotSupportedException>(async () => await extractor.DecomposeAsync(image, cancellationToken: Token));
        Assert.StartsWith("model cannot be decomposed: ", e.Message, StringComparison.Ordinal);
        Assert.Contains(named, e.Reason, StringComparison.Ordinal);
        await Assert.ThrowsAsync<FeatureMapNotSupportedException>(async () => await extractor.ExtractMapAsync(image, cancellationToken: Token));
    }

    [Fact]
    public async Task A_pooling_that_leaves_rows_out_is_told_from_one_of_the_whole_map()
    {
        byte[] pool = [.. TinyModel.Node("AveragePool", ["input"], "pool"), .. TinyModel.Integers("kernel_shape", 3, 3), .. TinyModel.Integers("strides", 4, 4)];
        using OnnxFeatureExtractor extractor = Load(TinyModel.Build([TinyModel.Input("input", TinyModel.Float, 0, 3, 4, 4)], ["embedding"], pool, TinyModel.Node("Flatten", ["pool"], "embedding")));
        using RgbImage image = Painting(1, 4, 4);
        var e = await Assert.ThrowsAsync<FeatureMapNotSupportedException>(async () => await extractor.DecomposeAsync(image, cancellationToken: Token));
        Assert.Contains("may not cover the whole map", e.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_model_whose_images_are_not_squashed_has_no_map_of_the_whole()
    {
        using var extractor = new OnnxFeatureExtractor(new OnnxFeatureExtractorOptions
        {
            ModelBytes = TinyModel.ChannelMeans(), Preprocessing = Plain with { ResizePolicy = ResizePolicy.Letterbox },
        });
        using RgbImage image = Painting(1, 4, 4);
        var e = await Assert.ThrowsAsync<FeatureMapNotSupportedException>(async () => await extractor.ExtractMapAsync(image, cancellationToken: Token));
        Assert.Contains("Letterbox", e.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_model_that_runs_at_one_size_only_says_so_at_another()
    {
        byte[] model = [.. TinyModel.Build(
            [TinyModel.Input("input", TinyModel.Float, 0, 3, 4, 4)], ["embedding"],
            TinyModel.Node("Add", ["input", "pattern"], "map"), TinyModel.Node("GlobalAveragePool", ["map"], "embedding")), .. TinyModel.Weights("pattern", 1, 2, 3, 4)];
        using OnnxFeatureExtractor extractor = Load(model);
        using RgbImage image = Painting(1, 4, 4);
        Assert.Equal(4, (await extractor.ExtractMapAsync(image, cancellationToken: Token)).Width);
        var e = await Assert.ThrowsAsync<FeatureMapNotSupportedException>(async () => await extractor.ExtractMapAsync(image, new ImageSize(8, 8), Token));
        Assert.Contains("8×8", e.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Maps_are_cancelled_and_end_with_the_extractor()
    {
        OnnxFeatureExtractor extractor = Load(TinyModel.ChannelMeans());
        using RgbImage image = Painting(1, 4, 4);
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await extractor.ExtractMapAsync(image, cancellationToken: cancelled.Token));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await extractor.DecomposeAsync(image, cancellationToken: cancelled.Token));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await extractor.ExtractRegionsAsync(image, new[] { Whole }, null, new float[3], cancelled.Token));
        await Assert.ThrowsAsync<ArgumentException>(async () => await extractor.ExtractRegionsAsync(image, new[] { Whole }, null, new float[4], Token));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await extractor.ExtractMapAsync(image, new ImageSize(0, 4), Token));
        _ = await extractor.ExtractMapAsync(image, cancellationToken: Token);
        extractor.Dispose();
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await extractor.ExtractMapAsync(image, cancellationToken: Token));
    }

    [Fact]
    public async Task A_model_file_that_was_exchanged_is_not_taken_for_the_old_one()
    {
        string path = Path.Combine(Directory.CreateTempSubdirectory("artsimilarity-").FullName, "model.onnx");
        await File.WriteAllBytesAsync(path, TinyModel.ChannelMeans(), Token);
        using var extractor = new OnnxFeatureExtractor(new OnnxFeatureExtractorOptions { ModelPath = path, Preprocessing = Plain });
        await File.WriteAllBytesAsync(path, TinyModel.ChannelMeans(batch: 2), Token);
        using RgbImage image = Painting(1, 4, 4);
        var e = await Assert.ThrowsAsync<OnnxModelException>(async () => await extractor.ExtractMapAsync(image, cancellationToken: Token));
        Assert.Contains("another model now", e.Reason, StringComparison.Ordinal);
        Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);
    }

    private static OnnxFeatureExtractor Load(string model)
    {
        if (model.Length == 0)
        {
            Assert.SkipWhen(ArtSimilarity.Onnx.Models.EmbeddedModel.Default is null, "This build carries no model.");
            return new OnnxFeatureExtractor(new OnnxFeatureExtractorOptions());
        }

        return new OnnxFeatureExtractor(new OnnxFeatureExtractorOptions { ModelPath = SharedData.Require($"models/{model}.onnx") });
    }

    private static OnnxFeatureExtractor Load(byte[] model) => new(new OnnxFeatureExtractorOptions { ModelBytes = model, Preprocessing = Plain });

    private static async Task<float[]> SignatureAsync(OnnxFeatureExtractor extractor, RgbImage image)
    {
        float[] signature = new float[extractor.Space.Dimensions];
        await extractor.ExtractAsync(new[] { image }, signature, Token);
        return signature;
    }

    private static float[] Normalized(SignatureDecomposition parts) => [.. parts.Sum().Select(value => (float)(value / parts.Norm))];

    private static void AssertNear(float[] expected, float[] actual, float tolerance)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.Equal(expected[i], actual[i], tolerance);
        }
    }

    /// <summary>Rectangles and discs of many colours on a gradient: something to see everywhere, the same for a seed.</summary>
    private static RgbImage Painting(int seed, int width, int height)
    {
        var random = new Random(seed);
        var image = new RgbImage(width, height);
        for (int i = 0; i < image.Pixels.Length; i++)
        {
            image.Pixels[i] = (byte)(60 + (100 * (i / 3 % width) / width) + (40 * (i % 3)));
        }

        for (int shape = 0; shape < 40; shape++)
        {
            double x = random.NextDouble() * width, y = random.NextDouble() * height;
            double w = (0.02 + (0.13 * random.NextDouble())) * width, h = (0.02 + (0.13 * random.NextDouble())) * height;
            bool disc = random.Next(2) == 0;
            byte[] color = [(byte)random.Next(256), (byte)random.Next(256), (byte)random.Next(256)];
            for (int row = (int)Math.Max(0, y - h); row < Math.Min(height, y + h); row++)
            {
                for (int column = (int)Math.Max(0, x - w); column < Math.Min(width, x + w); column++)
                {
                    double dx = (column - x) / w, dy = (row - y) / h;
                    if (!disc || (dx * dx) + (dy * dy) < 1)
                    {
                        color.CopyTo(image.Pixels[(3 * ((row * width) + column))..]);
                    }
                }
            }
        }

        return image;
    }
}
