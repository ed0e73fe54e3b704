using ArtSimilarity.Features;
using ArtSimilarity.Imaging;
using ArtSimilarity.Onnx.Extraction;
using ArtSimilarity.TestSupport;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ArtSimilarity.Onnx.Tests;

public class OnnxFeatureExtractorTests
{
    private static readonly ImagePreprocessing Raw = new()
    {
        InputSize = new ImageSize(4, 4),
        Scale = 1,
        Mean = new ChannelValues(0, 0, 0),
        Std = new ChannelValues(1, 1, 1),
    };

    [Fact]
    public void A_signature_is_the_output_scaled_to_norm_1()
    {
        using OnnxFeatureExtractor extractor = Create(TinyModel.ChannelMeans());
        AssertSignature([2 / 7f, 3 / 7f, 6 / 7f], extractor, Plain(20, 30, 60));
    }

    [Fact]
    public void A_feature_map_is_averaged_over_its_places()
    {
        using OnnxFeatureExtractor extractor = Create(Model("Identity"));
        using RgbImage image = Plain(0, 0, 0);
        Span<byte> pixels = image.Pixels;
        for (int i = 0; i < 16; i++)
        {
            pixels[3 * i] = (byte)(2 * i);      // mean 15
            pixels[(3 * i) + 1] = (byte)(i % 2 * 40); // mean 20
        }

        AssertSignature([0.6f, 0.8f, 0], extractor, image);
    }

    [Fact]
    public void A_feature_map_with_channels_last_is_averaged_over_its_places()
    {
        byte[] model = TinyModel.Build([TinyModel.Input("input", TinyModel.Float, 0, 4, 4, 3)], ["map"], TinyModel.Node("Identity", ["input"], "map"));
        using OnnxFeatureExtractor extractor = Create(model, options => options.Preprocessing = Raw with { Layout = TensorLayout.Nhwc });
        AssertSignature([2 / 7f, 3 / 7f, 6 / 7f], extractor, Plain(20, 30, 60));
    }

    [Fact]
    public void An_output_of_zeros_stays_zero()
    {
        using OnnxFeatureExtractor extractor = Create(TinyModel.ChannelMeans());
        AssertSignature([0, 0, 0], extractor, Plain(0, 0, 0));
    }

    [Fact]
    public void Images_without_finite_numbers_are_named_and_the_others_have_their_signatures()
    {
        using OnnxFeatureExtractor extractor = Create(Model("Log"), options => options.MaxBatchSize = 2); // log 0 = −∞
        using RgbImage good = Plain(20, 30, 60);
        using RgbImage bad = Plain(20, 0, 60);
        float[] signatures = new float[12];
        var e = Assert.Throws<FeatureExtractionException>(
            () => extractor.Extract([bad, good, good, bad], signatures, TestContext.Current.CancellationToken));
        Assert.Equal([0, 3], e.ImageIndexes);
        Assert.Contains("numbers that are not finite (NaN or infinity) for this picture (model, tensor 'output')", e.Reason, StringComparison.Ordinal);
        Assert.StartsWith("Image 0, 3 of 4 in the batch", e.Message, StringComparison.Ordinal);
        float[] alone = new float[3];
        extractor.Extract([good], alone, TestContext.Current.CancellationToken);
        Assert.Equal([.. alone, .. alone], signatures[3..9]);
        Assert.All(signatures[..3], value => Assert.Equal(float.NaN, value));
    }

    [Fact]
    public void A_model_that_fails_on_dark_pictures_names_them_and_takes_the_others()
    {
        using var extractor = new OnnxFeatureExtractor(new OnnxFeatureExtractorOptions
        {
            ModelPath = SharedData.Require("cases/onnx/nan_some.onnx"),
        });
        using RgbImage light = Plain(250, 250, 250);
        using RgbImage dark = Plain(0, 0, 0);
        float[] signatures = new float[3 * extractor.Space.Dimensions];
        var e = Assert.Throws<FeatureExtractionException>(
            () => extractor.Extract([light, dark, light], signatures, TestContext.Current.CancellationToken));
        Assert.Equal([1], e.ImageIndexes);
        Assert.All(signatures[..extractor.Space.Dimensions], value => Assert.True(float.IsFinite(value)));
        Assert.All(signatures[^extractor.Space.Dimensions..], value => Assert.True(float.IsFinite(value)));
    }

    [Fact]
    public void A_run_that_never_ends_is_stopped_by_its_own_token_alone()
    {
        using OnnxFeatureExtractor extractor = Create(TinyModel.EndlessUnlessBlack());
        using RgbImage lit = Plain(20, 30, 60);
        using RgbImage black = Plain(0, 0, 0);
        float[] signature = new float[3];
        for (int i = 0; i < 3; i++)
        {
            using var source = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));
            var e = Assert.ThrowsAny<OperationCanceledException>(() => extractor.Extract([lit], new float[3], source.Token));
            Assert.Equal(source.Token, e.CancellationToken);

            // The stopped call's buffers are used again.
            extractor.Extract([black], signature, TestContext.Current.CancellationToken);
            Assert.Equal([0f, 0, 0], signature);
        }
    }

    [Fact]
    public void Stopping_one_call_leaves_the_others_running()
    {
        using OnnxFeatureExtractor extractor = Create(TinyModel.EndlessUnlessBlack());
        using RgbImage lit = Plain(20, 30, 60);
        using var first = new CancellationTokenSource();
        using var second = new CancellationTokenSource();
        Task one = Task.Run(() => extractor.Extract([lit], new float[3], first.Token), TestContext.Current.CancellationToken);
        Task other = Task.Run(() => extractor.Extract([lit], new float[3], second.Token), TestContext.Current.CancellationToken);
        first.CancelAfter(200);
        Assert.ThrowsAny<OperationCanceledException>(() => one.GetAwaiter().GetResult());
        Assert.False(other.IsCompleted);
        second.Cancel();
        Assert.ThrowsAny<OperationCanceledException>(() => other.GetAwaiter().GetResult());
    }

    [Theory]
    [InlineData("bigbatch", "takes 1073741824 images at once, and only that many; at most 1024 are supported")]
    [InlineData("endless", "its trial run did not end within 2 s. LoadTimeLimit allows more")]
    public void A_hostile_model_is_refused_and_loading_ends(string model, string expected)
    {
        string path = SharedData.Require($"cases/onnx/{model}.onnx");
        var e = Assert.Throws<OnnxModelException>(() => new OnnxFeatureExtractor(new OnnxFeatureExtractorOptions { ModelPath = path }));
        Assert.Contains(expected, e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(40, false)]
    [InlineData(60, false)]
    [InlineData(1_000, false)]
    [InlineData(2, true)]
    public void Functions_that_expand_beyond_measure_are_refused(int count, bool endless)
    {
        var e = Assert.Throws<OnnxModelException>(() => Create(TinyModel.Functions(count, endless)));
        Assert.Contains("more than 250000 operators", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_model_with_functions_is_taken()
    {
        using OnnxFeatureExtractor extractor = Create(TinyModel.Functions(4, endless: false));
        AssertSignature([2 / 7f, 3 / 7f, 6 / 7f], extractor, Plain(20, 30, 60));
    }

    [Fact]
    public void Graphs_within_graphs_without_end_are_refused()
    {
        Assert.Contains("not an ONNX model", Assert.Throws<OnnxModelException>(() => Create(TinyModel.GraphsWithinGraphs(10_000))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_limit_of_loading_is_an_option()
    {
        string path = SharedData.Require("cases/onnx/endless.onnx");
        var e = Assert.Throws<OnnxModelException>(
            () => new OnnxFeatureExtractor(new OnnxFeatureExtractorOptions { ModelPath = path, LoadTimeLimit = TimeSpan.FromMilliseconds(50) }));
        Assert.Contains("within 0.05 s", e.Message, StringComparison.Ordinal);
        Assert.Equal(TimeSpan.FromMilliseconds(50), e.LoadTimeLimit);
        Assert.Throws<ArgumentOutOfRangeException>(() => Create(TinyModel.ChannelMeans(), options => options.LoadTimeLimit = TimeSpan.Zero));
        Create(TinyModel.ChannelMeans(), options => options.LoadTimeLimit = Timeout.InfiniteTimeSpan).Dispose();
    }

    [Theory]
    [InlineData(1L << 30)]
    [InlineData(1025)]
    [InlineData(int.MaxValue)]
    [InlineData(1L << 31)]
    [InlineData(1L << 62)]
    [InlineData(long.MaxValue)]
    public void A_batch_that_no_memory_holds_is_refused(long batch)
    {
        byte[] model = TinyModel.Build([TinyModel.InputOfBatch("input", batch, 3, 4, 4)], ["output"], TinyModel.Node("GlobalAveragePool", ["input"], "output"));
        Assert.Throws<OnnxModelException>(() => Create(model));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(-5)]
    [InlineData(long.MinValue)]
    public void A_batch_below_one_is_refused_or_any_number_of_images(long batch)
    {
        byte[] model = TinyModel.Build([TinyModel.InputOfBatch("input", batch, 3, 4, 4)], ["output"], TinyModel.Node("GlobalAveragePool", ["input"], "output"));
        OnnxFeatureExtractor extractor;
        try
        {
            extractor = Create(model);
        }
        catch (OnnxModelException)
        {
            return;
        }

        using (extractor)
        {
            AssertSignature([2 / 7f, 3 / 7f, 6 / 7f], extractor, Plain(20, 30, 60));
        }
    }

    [Theory]
    [InlineData(1L << 40)]
    [InlineData(1L << 62)]
    [InlineData(-3)]
    [InlineData(0)]
    public void Weights_of_a_hostile_size_are_refused(long size)
    {
        byte[] model = TinyModel.Build([TinyModel.Input("input", TinyModel.Float, 0, 3, 4, 4)], ["output"], TinyModel.Node("Add", ["input", "weights"], "output"));
        Assert.Throws<OnnxModelException>(() => Create([.. model, .. TinyModel.WeightsOfSize("weights", size)]));
    }

    [Theory]
    [InlineData(1e-30f)]
    [InlineData(1e-20f)]
    [InlineData(1f)]
    [InlineData(1e25f)]
    public void Vectors_of_any_magnitude_are_normalised(float magnitude)
    {
        float[] vector = [3 * magnitude, -4 * magnitude];
        Assert.True(OnnxFeatureExtractor.TryNormalize(vector));
        Assert.Equal(0.6f, vector[0], 1e-6f);
        Assert.Equal(-0.8f, vector[1], 1e-6f);
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(float.NegativeInfinity)]
    public void Vectors_that_are_not_finite_are_not_normalised(float value) => Assert.False(OnnxFeatureExtractor.TryNormalize([1, value, 2]));

    [Theory]
    [InlineData(1, 1)]
    [InlineData(3, 1)]
    [InlineData(0, 1)]
    [InlineData(0, 4)]
    [InlineData(0, 16)]
    public void Any_number_of_images_runs_whatever_the_models_batch_size(int modelBatch, int maxBatch)
    {
        using OnnxFeatureExtractor extractor = Create(TinyModel.ChannelMeans(modelBatch), options => options.MaxBatchSize = maxBatch);
        for (int count = 0; count <= 10; count++)
        {
            RgbImage[] images = [.. Enumerable.Range(0, count).Select(i => Plain((byte)(i + 1), 0, 0))];
            images.AsSpan(0, count / 2).Reverse();
            float[] signatures = new float[3 * count];
            extractor.Extract(images, signatures, TestContext.Current.CancellationToken);
            Assert.Equal(Enumerable.Repeat(new float[] { 1, 0, 0 }, count).SelectMany(row => row), signatures);
            Array.ForEach(images, image => image.Dispose());
        }
    }

    [Fact]
    public void An_inner_tensor_can_be_tapped()
    {
        using OnnxFeatureExtractor extractor = Create(TinyModel.ChannelMeans(), options => options.OutputName = "same");
        AssertSignature([2 / 7f, 3 / 7f, 6 / 7f], extractor, Plain(20, 30, 60));
        Assert.EndsWith(":same", extractor.Space.ModelId, StringComparison.Ordinal);
    }

    [Fact]
    public void The_output_called_embedding_comes_before_the_first_one()
    {
        byte[] model = TinyModel.Build(
            [TinyModel.Input("input", TinyModel.Float, 0, 3, 4, 4)],
            ["first", "embedding"],
            TinyModel.Node("Neg", ["input"], "first"),
            TinyModel.Node("GlobalAveragePool", ["input"], "embedding"));
        using OnnxFeatureExtractor extractor = Create(model);
        AssertSignature([2 / 7f, 3 / 7f, 6 / 7f], extractor, Plain(20, 30, 60));
    }

    [Fact]
    public void The_space_names_model_hash_and_preprocessing()
    {
        byte[] model = TinyModel.ChannelMeans();
        string hash = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(model))[..12];
        using OnnxFeatureExtractor extractor = Create(model, options => options.ModelName = "tiny");
        Assert.Equal(new FeatureSpace($"tiny@{hash}", Raw.ToString(), 3), extractor.Space);
        Assert.Equal(new ImageSize(4, 4), extractor.InputSize);
    }

    [Fact]
    public void A_cropped_preprocessing_asks_for_larger_images()
    {
        using OnnxFeatureExtractor extractor = Create(
            TinyModel.ChannelMeans(), options => options.Preprocessing = Raw with { ResizePolicy = ResizePolicy.CenterCrop, CropFraction = 0.8 });
        Assert.Equal(new ImageSize(5, 5), extractor.InputSize);
    }

    [Fact]
    public void A_missing_file_is_named()
    {
        var e = Assert.Throws<OnnxModelException>(() => new OnnxFeatureExtractor(new OnnxFeatureExtractorOptions { ModelPath = "no/such/model.onnx" }));
        Assert.Equal("model", e.ModelName);
        Assert.Contains("no/such/model.onnx", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_no_model_is_refused()
    {
        foreach (byte[] bytes in new[] { [], "<html>not found</html>"u8.ToArray() })
        {
            Assert.Contains("not an ONNX model", Assert.Throws<OnnxModelException>(() => Create(bytes)).Message, StringComparison.Ordinal);
        }

        Assert.Contains("is cut short: it has 40 bytes", Assert.Throws<OnnxModelException>(() => Create(TinyModel.ChannelMeans()[..40])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_pointer_of_Git_LFS_is_told_apart()
    {
        string path = Path.GetTempFileName();
        try
        {
            File.WriteAllText(path, "version https://git-lfs.github.com/spec/v1\noid sha256:abc\nsize 5\n");
            Assert.Contains("Git LFS pointer", Assert.Throws<OnnxModelException>(() => new OnnxFeatureExtractor(new OnnxFeatureExtractorOptions { ModelPath = path })).Message, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Theory]
    [InlineData(null)]
    [InlineData("sum")]
    public void Weights_in_a_file_beside_the_model_are_found(string? tap)
    {
        string folder = Directory.CreateTempSubdirectory("artsimilarity-").FullName;
        try
        {
            File.WriteAllBytes(Path.Combine(folder, "weights.bin"), new[] { 20f, 30f, 60f }.SelectMany(BitConverter.GetBytes).ToArray());
            byte[] model = TinyModel.Build(
                [TinyModel.Input("input", TinyModel.Float, 0, 3, 4, 4)],
                ["output"],
                TinyModel.Node("Add", ["input", "weights"], "sum"),
                TinyModel.Node("GlobalAveragePool", ["sum"], "output"));
            File.WriteAllBytes(Path.Combine(folder, "model.onnx"), [.. model, .. TinyModel.ExternalWeights("weights", "weights.bin")]);
            using var extractor = new OnnxFeatureExtractor(new OnnxFeatureExtractorOptions { ModelPath = Path.Combine(folder, "model.onnx"), OutputName = tap, Preprocessing = Raw });
            AssertSignature([2 / 7f, 3 / 7f, 6 / 7f], extractor, Plain(0, 0, 0));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void Weights_in_a_file_beside_the_model_are_part_of_its_identity()
    {
        string folder = Directory.CreateTempSubdirectory("artsimilarity-").FullName;
        try
        {
            string path = Path.Combine(folder, "model.onnx");
            File.Copy(SharedData.Require("cases/onnx/ext.onnx"), path);
            byte[] weights = File.ReadAllBytes(SharedData.Require("cases/onnx/ext.data"));
            string Identity(byte[] contents)
            {
                File.WriteAllBytes(Path.Combine(folder, "ext.data"), contents);
                using var extractor = new OnnxFeatureExtractor(new OnnxFeatureExtractorOptions { ModelPath = path });
                return extractor.Space.ModelId;
            }

            string before = Identity(weights);
            Assert.Equal(before, Identity(weights));
            weights[^1] ^= 1;
            Assert.NotEqual(before, Identity(weights));

            File.Delete(Path.Combine(folder, "ext.data"));
            var e = Assert.Throws<OnnxModelException>(() => new OnnxFeatureExtractor(new OnnxFeatureExtractorOptions { ModelPath = path }));
            Assert.Contains($"keeps weights in the file 'ext.data', and there is no {Path.Combine(folder, "ext.data")}", e.Message, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Theory]
    [InlineData("../weights.bin")]
    [InlineData("sub/../../weights.bin")]
    [InlineData("..\\weights.bin")]
    [InlineData("/etc/hostname")]
    [InlineData("\\weights.bin")]
    [InlineData("C:weights.bin")]
    [InlineData("C:\\weights.bin")]
    [InlineData("weights\0.bin")]
    [InlineData(" ")]
    [InlineData("")]
    public void Weights_outside_the_models_folder_are_refused(string file)
    {
        string folder = Directory.CreateTempSubdirectory("artsimilarity-").FullName;
        try
        {
            string path = Path.Combine(folder, "sub", "model.onnx");
            Directory.CreateDirectory(Path.Combine(folder, "sub"));
            File.WriteAllBytes(Path.Combine(folder, "weights.bin"), new byte[12]);
            byte[] model = TinyModel.Build([TinyModel.Input("input", TinyModel.Float, 0, 3, 4, 4)], ["output"], TinyModel.Node("Add", ["input", "weights"], "output"));
            File.WriteAllBytes(path, [.. model, .. TinyModel.ExternalWeights("weights", file)]);
            var e = Assert.Throws<OnnxModelException>(() => new OnnxFeatureExtractor(new OnnxFeatureExtractorOptions { ModelPath = path, Preprocessing = Raw }));
            Assert.Contains("which is no file in the model's folder", e.Message, StringComparison.Ordinal);
            Assert.DoesNotContain('\0', e.Message);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void A_model_in_memory_that_keeps_weights_in_a_file_is_refused()
    {
        byte[] model = TinyModel.Build([TinyModel.Input("input", TinyModel.Float, 0, 3, 4, 4)], ["output"], TinyModel.Node("Add", ["input", "weights"], "output"));
        var e = Assert.Throws<OnnxModelException>(() => Create([.. model, .. TinyModel.ExternalWeights("weights", "weights.bin")]));
        Assert.Contains("'weights.bin', which a model in memory cannot have", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Presets_name_the_taps_of_the_known_models()
    {
        foreach (OnnxFeatureExtractorOptions options in new[] { OnnxFeatureExtractorOptions.ImageNetResNet50V2("resnet50-v2-7"), OnnxFeatureExtractorOptions.ImageNetMobileNetV2("mobilenetv2-7") })
        {
            Assert.Equal(new ModelCatalog().Find(options.ModelPath!)!.OutputName, options.OutputName);
            Assert.Equal(ImagePreprocessing.ImageNet, options.Preprocessing);
        }

        Assert.Equal("embedding", OnnxFeatureExtractorOptions.ImageNetFeatures("any.onnx").OutputName);
    }

    [Fact]
    public void A_graph_that_ONNX_Runtime_refuses_is_a_typed_error()
    {
        byte[] model = TinyModel.Build([TinyModel.Input("input", TinyModel.Float, 0, 3, 4, 4)], ["output"], TinyModel.Node("NoSuchOperator", ["input"], "output"));
        Assert.Contains("ONNX Runtime cannot load it", Assert.Throws<OnnxModelException>(() => Create(model)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Several_inputs_are_refused_by_name()
    {
        byte[] model = TinyModel.Build(
            [TinyModel.Input("a", TinyModel.Float, 0, 3, 4, 4), TinyModel.Input("b", TinyModel.Float, 0, 3, 4, 4)], ["output"], TinyModel.Node("Add", ["a", "b"], "output"));
        Assert.Contains("2 inputs (a, b)", Assert.Throws<OnnxModelException>(() => Create(model)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(TinyModel.Int64, "type Int64", 0, 3, 4, 4)]
    [InlineData(TinyModel.Float, "has 2 dimensions [N, 48]", 0, 48)]
    [InlineData(TinyModel.Float, "[N, 3, 5, 4], the preprocessing makes [N, 3, 4, 4] (Nchw). Set Preprocessing.InputSize", 0, 3, 5, 4)]
    [InlineData(TinyModel.Float, "Its layout looks like Nhwc", 0, 4, 4, 3)]
    [InlineData(TinyModel.Float, "Only models of 3-channel images", 0, 1, 4, 4)]
    public void An_input_that_takes_no_such_images_is_refused(int elementType, string expected, params int[] shape)
    {
        byte[] model = TinyModel.Build([TinyModel.Input("input", elementType, shape)], ["output"], TinyModel.Node("Identity", ["input"], "output"));
        Assert.Contains(expected, Assert.Throws<OnnxModelException>(() => Create(model)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_input_of_any_size_takes_the_preprocessings()
    {
        byte[] model = TinyModel.Build([TinyModel.Input("input", TinyModel.Float, 0, 0, 0, 0)], ["output"], TinyModel.Node("GlobalAveragePool", ["input"], "output"));
        using OnnxFeatureExtractor extractor = Create(model);
        AssertSignature([2 / 7f, 3 / 7f, 6 / 7f], extractor, Plain(20, 30, 60));
    }

    [Fact]
    public void An_output_without_the_batch_is_refused()
    {
        Assert.Contains("of shape [3, 4, 4] for a batch of 1", Assert.Throws<OnnxModelException>(() => Create(Model("Squeeze"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_output_that_holds_no_floats_is_refused()
    {
        Assert.Contains("of type Int64", Assert.Throws<OnnxModelException>(() => Create(Model("Shape"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_unknown_tensor_is_refused_with_the_nearest_names()
    {
        var e = Assert.Throws<OnnxModelException>(() => Create(TinyModel.ChannelMeans(), options => options.OutputName = "sane"));
        Assert.Contains("no tensor called 'sane'. Its outputs: embedding.", e.Message, StringComparison.Ordinal);
        Assert.Contains("same, embedding", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Options_that_name_an_unknown_model_or_two_are_refused()
    {
        Assert.Contains("resnet50-v2-7", Assert.Throws<ArgumentException>(() => new OnnxFeatureExtractor(new OnnxFeatureExtractorOptions { ModelName = "vgg" })).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => new OnnxFeatureExtractor(new OnnxFeatureExtractorOptions { ModelBytes = [1], ModelPath = "x" }));
        Assert.Throws<ArgumentOutOfRangeException>(() => Create(TinyModel.ChannelMeans(), options => options.MaxBatchSize = 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => Create(TinyModel.ChannelMeans(), options => options.IntraOpThreads = 0));
        using OnnxFeatureExtractor onEveryCore = Create(TinyModel.ChannelMeans(), options => options.IntraOpThreads = -1);
    }

    [Fact]
    public void The_hook_sees_the_session_options_last()
    {
        bool called = false;
        using OnnxFeatureExtractor extractor = Create(TinyModel.ChannelMeans(), options => options.ConfigureSession = session => called = session.IntraOpNumThreads == 1);
        Assert.True(called);
    }

    [Fact]
    public void An_extraction_allocates_next_to_nothing_once_it_is_warm()
    {
        using OnnxFeatureExtractor extractor = Create(TinyModel.ChannelMeans(), options => options.MaxBatchSize = 4);
        RgbImage[] images = [Plain(1, 2, 3), Plain(4, 5, 6), Plain(7, 8, 9), Plain(10, 11, 12)];
        float[] signatures = new float[12];
        for (int i = 0; i < 20; i++)
        {
            extractor.Extract(images, signatures, TestContext.Current.CancellationToken);
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 100; i++)
        {
            extractor.Extract(images, signatures, TestContext.Current.CancellationToken);
        }

        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 100 * 4 * 16, "more than 16 bytes an image");
        Array.ForEach(images, image => image.Dispose());
    }

    [Fact]
    public async Task Disposing_lets_running_calls_finish_and_refuses_later_ones()
    {
        OnnxFeatureExtractor extractor = Create(TinyModel.ChannelMeans());
        RgbImage[] images = [.. Enumerable.Range(0, 500).Select(_ => Plain(20, 30, 60))];
        Task<int>[] calls = [.. Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
        {
            float[] signatures = new float[3 * images.Length];
            for (int finished = 0; finished < 50; finished++)
            {
                try
                {
                    extractor.Extract(images, signatures, TestContext.Current.CancellationToken);
                }
                catch (ObjectDisposedException)
                {
                    return finished;
                }

                Assert.Equal(2 / 7f, signatures[^3], 1e-6f);
            }

            return 50;
        }))];
        await Task.Delay(20, TestContext.Current.CancellationToken);
        extractor.Dispose();
        extractor.Dispose();
        await Task.WhenAll(calls);
        Assert.Throws<ObjectDisposedException>(() => extractor.Extract(images.AsSpan(0, 1), new float[3], TestContext.Current.CancellationToken));
    }

    [Fact]
    public void Registering_loads_nothing_and_resolving_gives_one_extractor()
    {
        int configured = 0;
        var services = new ServiceCollection();
        services.AddArtSimilarity().AddOnnxFeatureExtractor(options =>
        {
            configured++;
            options.ModelBytes = TinyModel.ChannelMeans();
            options.Preprocessing = Raw;
        });
        Assert.Equal(0, configured);
        using ServiceProvider provider = services.BuildServiceProvider();
        Assert.IsType<OnnxFeatureExtractor>(provider.GetRequiredService<IFeatureExtractor>());
        Assert.Same(provider.GetRequiredService<IFeatureExtractor>(), provider.GetRequiredService<IFeatureExtractor>());
        Assert.Equal(1, configured);
    }

    [Fact]
    public void Resolving_an_extractor_of_a_missing_file_throws_the_typed_error()
    {
        var services = new ServiceCollection();
        services.AddArtSimilarity().AddOnnxFeatureExtractor(options => options.ModelPath = "missing.onnx");
        using ServiceProvider provider = services.BuildServiceProvider();
        Assert.Throws<OnnxModelException>(() => provider.GetRequiredService<IFeatureExtractor>());
    }

    private static byte[] Model(string operation) =>
        TinyModel.Build([TinyModel.Input("input", TinyModel.Float, 0, 3, 4, 4)], ["output"], TinyModel.Node(operation, ["input"], "output"));

    private static OnnxFeatureExtractor Create(byte[] model, Action<OnnxFeatureExtractorOptions>? configure = null)
    {
        var options = new OnnxFeatureExtractorOptions { ModelBytes = model, Preprocessing = Raw };
        configure?.Invoke(options);
        return new OnnxFeatureExtractor(options);
    }

    private static RgbImage Plain(byte red, byte green, byte blue) =>
        RgbImage.FromPixels([.. Enumerable.Repeat(new[] { red, green, blue }, 16).SelectMany(pixel => pixel)], 4, 4);

    private static void AssertSignature(float[] expected, OnnxFeatureExtractor extractor, RgbImage image)
    {
        using (image)
        {
            float[] signature = new float[expected.Length];
            Assert.Equal(expected.Length, extractor.Space.Dimensions);
            extractor.Extract([image], signature, TestContext.Current.CancellationToken);
            for (int i = 0; i < expected.Length; i++)
            {
                Assert.Equal(expected[i], signature[i], 1e-6f);
            }
        }
    }
}
