using ArtSimilarity.Features;
using ArtSimilarity.Imaging;
using ArtSimilarity.NetVips;
using ArtSimilarity.TestSupport;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ArtSimilarity.Onnx.Tests;

public class OnnxImageClassifierTests
{
    /// <summary>Channels 0 to 255 as they are, divided by 51: means of 0 to 5, so that no probability vanishes.</summary>
    private static readonly ImagePreprocessing Fifths = new()
    {
        InputSize = new ImageSize(4, 4),
        Scale = 1 / 51f,
        Mean = new ChannelValues(0, 0, 0),
        Std = new ChannelValues(1, 1, 1),
    };

    private static readonly TrainedModelInfo Info = new()
    {
        Version = "tiny 1",
        Targets =
        [
            new TrainedModelTarget("genre", "probabilities", ["red", "green", "blue"]),
            new TrainedModelTarget("style", "probabilities_style", ["cyan", "magenta", "yellow"]),
        ],
        Preprocessing = Fifths,
    };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void A_trained_model_brings_labels_and_preprocessing()
    {
        using OnnxImageClassifier classifier = Trained();
        Assert.Equal(["red", "green", "blue"], classifier.Labels);
        Assert.Equal("genre", classifier.Target);
        Assert.Equal(new ImageSize(4, 4), classifier.InputSize);
        Assert.Equal("tiny 1", classifier.TrainedModel!.Version);
        Assert.Matches("^model@[0-9a-f]{12}$", classifier.ModelId);
        AssertProbabilities(Softmax(1, 2, 4), classifier, Plain(51, 102, 204));
    }

    [Fact]
    public void A_target_is_chosen_by_its_column()
    {
        using OnnxImageClassifier classifier = Trained(options => options.Target = "style");
        Assert.Equal(["cyan", "magenta", "yellow"], classifier.Labels);
        Assert.Equal("style", classifier.Target);
        AssertProbabilities(Softmax(-1, -2, -4), classifier, Plain(51, 102, 204));
        Assert.Contains("no target 'artist', but genre, style", Assert.Throws<OnnxModelException>(() => Trained(options => options.Target = "artist")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_options_preprocessing_comes_before_the_models()
    {
        using OnnxImageClassifier classifier = Trained(options => options.Preprocessing = Fifths with { Scale = 1 / 102f });
        AssertProbabilities(Softmax(0.5f, 1, 2), classifier, Plain(51, 102, 204));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(16)]
    public void Any_number_of_images_is_classified_each_by_itself(int maxBatch)
    {
        using OnnxImageClassifier classifier = Trained(options => (options.MaxBatchSize, options.FlipAverage) = (maxBatch, maxBatch != 3));
        for (int count = 0; count <= 10; count++)
        {
            RgbImage[] images = [.. Enumerable.Range(0, count).Select(i => Plain((byte)(20 * i), 0, 100))];
            float[] probabilities = new float[3 * count];
            classifier.Classify(images, probabilities, Token);
            for (int i = 0; i < count; i++)
            {
                AssertNear(Softmax(20 * i / 51f, 0, 100 / 51f), probabilities[(3 * i)..(3 * (i + 1))]);
            }

            Array.ForEach(images, image => image.Dispose());
        }
    }

    [Theory]
    [InlineData(TensorLayout.Nchw)]
    [InlineData(TensorLayout.Nhwc)]
    public void Averaging_over_flips_is_the_mean_of_an_image_and_its_mirror_image(TensorLayout layout)
    {
        // A label for each number of the tensor: the model sees where everything is.
        byte[] model = TinyModel.Build(
            [layout == TensorLayout.Nchw ? TinyModel.Input("input", TinyModel.Float, 0, 3, 4, 4) : TinyModel.Input("input", TinyModel.Float, 0, 4, 4, 3)],
            ["probabilities"],
            TinyModel.Node("Flatten", ["input"], "flat"),
            TinyModel.Node("Softmax", ["flat"], "probabilities"));
        using RgbImage image = new(4, 4), mirrored = new(4, 4);
        for (int i = 0; i < 48; i++)
        {
            image.Pixels[i] = (byte)(i * i % 97);
            (int row, int column, int channel) = (i / 12, i / 3 % 4, i % 3);
            mirrored.Pixels[(12 * row) + (3 * (3 - column)) + channel] = (byte)(i * i % 97);
        }

        float[] straight = Classify(false, image), flipped = Classify(false, mirrored), mean = Classify(true, image);
        Assert.NotEqual(straight, flipped);
        AssertNear([.. straight.Zip(flipped, (a, b) => (a + b) / 2)], mean);
        AssertNear(mean, Classify(true, mirrored));

        float[] Classify(bool flipAverage, RgbImage given)
        {
            using var classifier = new OnnxImageClassifier(new OnnxImageClassifierOptions
            {
                ModelBytes = model,
                Preprocessing = Fifths with { Layout = layout },
                Labels = [.. Enumerable.Range(0, 48).Select(i => $"label {i}")],
                FlipAverage = flipAverage,
            });
            float[] probabilities = new float[48];
            classifier.Classify([given], probabilities, Token);
            return probabilities;
        }
    }

    [Fact]
    public void A_model_without_labels_says_how_to_give_them()
    {
        var e = Assert.Throws<OnnxModelException>(() => new OnnxImageClassifier(new OnnxImageClassifierOptions { ModelBytes = TinyModel.ChannelMeans(), ModelName = "means" }));
        Assert.Contains("means: has no labels", e.Message, StringComparison.Ordinal);
        Assert.Contains("Set Labels and OutputName (its outputs: embedding)", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Labels_and_output_can_be_given()
    {
        using (OnnxImageClassifier usual = Given(options => options.Labels = ["r", "g", "b"]))
        {
            Assert.Null(usual.Target);
            AssertProbabilities(Softmax(1, 2, 4), usual, Plain(51, 102, 204));
        }

        using (OnnxImageClassifier other = Given(options => (options.Labels, options.OutputName) = (["r", "g", "b"], "probabilities_style")))
        {
            AssertProbabilities(Softmax(-1, -2, -4), other, Plain(51, 102, 204));
        }

        using OnnxImageClassifier scores = Given(options => (options.Labels, options.OutputName, options.ApplySoftmax) = (["r", "g", "b"], "pool", true));
        AssertProbabilities(Softmax(1, 2, 4), scores, Plain(51, 102, 204));

        static OnnxImageClassifier Given(Action<OnnxImageClassifierOptions> configure)
        {
            var options = new OnnxImageClassifierOptions { ModelBytes = TinyModel.Trained(new Dictionary<string, string>()), Preprocessing = Fifths };
            configure(options);
            return new OnnxImageClassifier(options);
        }
    }

    [Fact]
    public void Options_that_do_not_go_together_are_refused()
    {
        Assert.Throws<ArgumentException>(() => Trained(options => (options.Labels, options.Target) = (["a"], "genre")));
        Assert.Throws<ArgumentException>(() => Trained(options => options.OutputName = "probabilities"));
        Assert.Throws<ArgumentException>(() => Trained(options => options.ApplySoftmax = true));
        Assert.Throws<ArgumentException>(() => Trained(options => options.Labels = []));
        Assert.Throws<ArgumentException>(() => Trained(options => options.Labels = ["a", "b", "a"]));
        Assert.Throws<ArgumentOutOfRangeException>(() => Trained(options => options.MaxBatchSize = 0));
    }

    [Theory]
    [InlineData("embedding", "", "its tensor 'embedding' holds no probabilities but numbers that sum to 7")]
    [InlineData("feature_map", "'feature_map' is of shape [1, 3, 4, 4], and 3 labels need [N, 3]", "")]
    [InlineData("probs", "no tensor called 'probs'", "")]
    public void An_output_that_holds_no_probabilities_is_refused(string output, string whenLoaded, string whenRun)
    {
        var options = new OnnxImageClassifierOptions { ModelBytes = TinyModel.Trained(new Dictionary<string, string>()), Preprocessing = Fifths, Labels = ["r", "g", "b"], OutputName = output };
        if (whenRun.Length == 0)
        {
            Assert.Contains(whenLoaded, Assert.Throws<OnnxModelException>(() => new OnnxImageClassifier(options)).Message, StringComparison.Ordinal);
            return;
        }

        using var classifier = new OnnxImageClassifier(options);
        using RgbImage image = Plain(51, 102, 204);
        Assert.Contains(whenRun, Assert.Throws<OnnxModelException>(() => classifier.Classify([image], new float[3], Token)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Labels_of_another_number_than_the_models_are_refused()
    {
        var e = Assert.Throws<OnnxModelException>(() => Trained(options => options.Labels = ["r", "g"]));
        Assert.Contains("'probabilities' is of shape [1, 3], and 2 labels need [N, 2]", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_model_that_says_nonsense_of_itself_is_refused_by_both()
    {
        Dictionary<string, string> properties = new(Info.ToProperties()) { ["artsimilarity.targets"] = "[]" };
        byte[] model = TinyModel.Trained(properties);
        Assert.Contains("artsimilarity.targets", Assert.Throws<OnnxModelException>(() => new OnnxImageClassifier(new OnnxImageClassifierOptions { ModelBytes = model })).Message, StringComparison.Ordinal);
        Assert.Contains("artsimilarity.targets", Assert.Throws<OnnxModelException>(() => new OnnxFeatureExtractor(new OnnxFeatureExtractorOptions { ModelBytes = model })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_extractor_takes_the_preprocessing_from_the_model_unless_it_is_told_another()
    {
        byte[] model = TinyModel.Trained(Info.ToProperties());
        using var usual = new OnnxFeatureExtractor(new OnnxFeatureExtractorOptions { ModelBytes = model });
        Assert.Equal(Fifths.ToString(), usual.Space.Preprocessing);
        Assert.Equal(3, usual.Space.Dimensions);
        Assert.Equal("tiny 1", usual.TrainedModel!.Version);
        ImagePreprocessing other = Fifths with { Scale = 1 };
        using var told = new OnnxFeatureExtractor(new OnnxFeatureExtractorOptions { ModelBytes = model, Preprocessing = other });
        Assert.Equal(other.ToString(), told.Space.Preprocessing);
    }

    [Fact]
    public void Probabilities_of_another_length_are_refused()
    {
        using OnnxImageClassifier classifier = Trained();
        using RgbImage image = Plain(1, 2, 3);
        Assert.Contains("3 numbers (3 each), not 4", Assert.Throws<ArgumentException>(() => classifier.Classify([image], new float[4], Token)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Threads_that_classify_at_once_get_what_one_gets()
    {
        using OnnxImageClassifier classifier = Trained(options => options.FlipAverage = true);
        Parallel.For(0, 200, new ParallelOptions { MaxDegreeOfParallelism = 4, CancellationToken = Token }, i =>
            AssertProbabilities(Softmax((byte)i / 51f, 0, 2), classifier, Plain((byte)i, 0, 102)));
    }

    [Fact]
    public void A_disposed_classifier_refuses()
    {
        OnnxImageClassifier classifier = Trained();
        classifier.Dispose();
        classifier.Dispose();
        using RgbImage image = Plain(1, 2, 3);
        Assert.Throws<ObjectDisposedException>(() => classifier.Classify([image], new float[3], Token));
    }

    [Fact]
    public void A_classification_is_cancelled_between_batches()
    {
        using OnnxImageClassifier classifier = Trained();
        using RgbImage image = Plain(1, 2, 3);
        Assert.Throws<OperationCanceledException>(() => classifier.Classify([image], new float[3], new CancellationToken(canceled: true)));
    }

    [Fact]
    public void A_classification_allocates_next_to_nothing_once_it_is_warm()
    {
        using OnnxImageClassifier classifier = Trained(options => options.FlipAverage = true);
        RgbImage[] images = [Plain(1, 2, 3), Plain(4, 5, 6)];
        float[] probabilities = new float[6];
        for (int i = 0; i < 20; i++)
        {
            classifier.Classify(images, probabilities, Token);
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 100; i++)
        {
            classifier.Classify(images, probabilities, Token);
        }

        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 100 * 4 * 16, "more than 16 bytes a run");
        Array.ForEach(images, image => image.Dispose());
    }

    [Fact]
    public void Registering_loads_nothing_and_resolving_gives_one_classifier()
    {
        int configured = 0;
        var services = new ServiceCollection();
        services.AddArtSimilarity()
            .AddOnnxFeatureExtractor(options => options.ModelBytes = TinyModel.Trained(Info.ToProperties()))
            .AddOnnxImageClassifier(options =>
            {
                configured++;
                options.ModelBytes = TinyModel.Trained(Info.ToProperties());
            });
        Assert.Equal(0, configured);
        using ServiceProvider provider = services.BuildServiceProvider();
        Assert.Same(provider.GetRequiredService<OnnxImageClassifier>(), provider.GetRequiredService<OnnxImageClassifier>());
        Assert.IsType<OnnxFeatureExtractor>(provider.GetRequiredService<IFeatureExtractor>());
        Assert.Equal(1, configured);
    }

    [Fact]
    public void A_real_paintings_dominant_channel_is_told_whatever_its_size()
    {
        string path = Directory.GetFiles(SharedData.Require("paintings/images"), "paa2d7e7db2e5f.*").Single();
        using OnnxImageClassifier classifier = Trained();
        using RgbImage image = new NetVipsImageDecoder().Decode(ImageSource.FromFile(path), classifier.InputSize, cancellationToken: Token);
        double[] means = new double[3];
        for (int i = 0; i < image.Pixels.Length; i++)
        {
            means[i % 3] += image.Pixels[i] / 51.0 / (image.Pixels.Length / 3);
        }

        float[] probabilities = new float[3];
        classifier.Classify([image], probabilities, Token);
        float[] expected = Softmax((float)means[0], (float)means[1], (float)means[2]);
        for (int i = 0; i < 3; i++)
        {
            Assert.Equal(expected[i], probabilities[i], 0.02f); // resizing moves the mean a little
        }
    }

    private static OnnxImageClassifier Trained(Action<OnnxImageClassifierOptions>? configure = null)
    {
        var options = new OnnxImageClassifierOptions { ModelBytes = TinyModel.Trained(Info.ToProperties()) };
        configure?.Invoke(options);
        return new OnnxImageClassifier(options);
    }

    private static RgbImage Plain(byte red, byte green, byte blue) =>
        RgbImage.FromPixels([.. Enumerable.Repeat(new[] { red, green, blue }, 16).SelectMany(pixel => pixel)], 4, 4);

    private static float[] Softmax(params float[] scores)
    {
        double sum = scores.Sum(score => Math.Exp(score));
        return [.. scores.Select(score => (float)(Math.Exp(score) / sum))];
    }

    private static void AssertProbabilities(float[] expected, OnnxImageClassifier classifier, RgbImage image)
    {
        using (image)
        {
            float[] probabilities = new float[expected.Length];
            classifier.Classify([image], probabilities, Token);
            AssertNear(expected, probabilities);
        }
    }

    private static void AssertNear(float[] expected, float[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        Assert.Equal(1, actual.Sum(), 1e-5f);
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.Equal(expected[i], actual[i], 1e-5f);
        }
    }
}
