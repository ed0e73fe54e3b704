using System.Numerics.Tensors;
using ArtSimilarity.Imaging;
using ArtSimilarity.NetVips;
using ArtSimilarity.Onnx;
using ArtSimilarity.TestSupport;
using ArtSimilarity.Testing;
using ArtSimilarity.Training.Running;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;
using Tensor = TorchSharp.torch.Tensor;

namespace ArtSimilarity.Training.Tests;

/// <summary>What a network computes is what ONNX Runtime computes from the same file.</summary>
[Collection(nameof(RunsAlone))]
public sealed class NetworkTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope(); // see TensorSums

    public void Dispose() => _scope.Dispose();

    private const double AlmostOne = 0.9999;

    [Theory]
    [InlineData("mobilenetv2-gluon-features", false)]
    [InlineData("mobilenetv2-gluon-features", true)]
    [InlineData("resnet50v2-conv4-features", false)]
    [InlineData("resnet50v2-conv4-features", true)]
    [InlineData("squeezenet1.1-features", false)]
    public void A_real_model_gives_what_ONNX_Runtime_gives(string model, bool folded)
    {
        string path = SharedData.Require($"models/{model}.onnx");
        using Network network = Network.Load(path);
        if (folded)
        {
            Assert.True(network.FoldBatchNormalization() > 20);
        }

        using var folder = new TemporaryFolder();
        string written = folder["written.onnx"];
        network.Save(written);
        using OnnxFeatureExtractor original = Extractor(path), again = Extractor(written);
        foreach (RgbImage image in Paintings(3))
        {
            float[] expected = Signature(original, image);
            Assert.True(TensorPrimitives.CosineSimilarity(expected, Compute(network, image, ScalarType.Float32)) > 1 - 1e-6f);
            Assert.True(TensorPrimitives.CosineSimilarity(expected, Signature(again, image)) > 1 - 1e-6f);

            // Brain floats have 8 bits of precision: enough to train with.
            Assert.True(TensorPrimitives.CosineSimilarity(expected, Compute(network, image, ScalarType.BFloat16)) > 0.995f);
        }
    }

    [Fact]
    public void Folding_leaves_normalisations_that_follow_no_convolution()
    {
        using Network network = TinyNetwork.Create();
        using Tensor x = rand(2, 3, 32, 32);
        float[] before = Values(network.Run(x, "embedding")[0]);
        Assert.Equal(1, network.FoldBatchNormalization()); // the other one follows a concatenation
        Assert.Contains("norm3", network.Tensors);
        Assert.DoesNotContain("conv1", network.Tensors);
        Assert.True(TensorPrimitives.CosineSimilarity(before, Values(network.Run(x, "embedding")[0])) > 1 - 1e-6f);
    }

    [Fact]
    public void Every_layer_survives_writing_and_reading()
    {
        using var folder = new TemporaryFolder();
        using Network network = TinyNetwork.Create();
        network.Save(folder["a.onnx"], new Dictionary<string, string> { ["who"] = "me" }, "tiny", 32);
        using Network again = Network.Load(folder["a.onnx"]);
        Assert.Equal(network.Tensors, again.Tensors);
        Assert.Equal(network.Outputs, again.Outputs);
        Assert.Equal(network.ParameterCount, again.ParameterCount);
        Assert.Equal("me", again.Properties["who"]);
        using Tensor x = rand(2, 3, 32, 32);
        Assert.Equal(Values(network.Run(x, "embedding")[0]), Values(again.Run(x, "embedding")[0]));
        using OnnxFeatureExtractor runtime = Extractor(folder["a.onnx"], 32);
        using RgbImage image = TinyPictures.Decode(TinyPictures.Create(1)[0].Source, cancellationToken: TestContext.Current.CancellationToken);
        Assert.True(TensorPrimitives.CosineSimilarity(Compute(again, image, ScalarType.Float32), Signature(runtime, image)) > 1 - 1e-6f);
    }

    [Fact]
    public void Half_precision_halves_the_file_and_keeps_the_signature()
    {
        string path = SharedData.Require("models/squeezenet1.1-features.onnx");
        using var folder = new TemporaryFolder();
        using Network network = Network.Load(path);
        network.Save(folder["half.onnx"], halfPrecision: true);
        Assert.InRange(new FileInfo(folder["half.onnx"]).Length / (double)new FileInfo(path).Length, 0.45, 0.6);
        using OnnxFeatureExtractor original = Extractor(path), half = Extractor(folder["half.onnx"]);
        using Network again = Network.Load(folder["half.onnx"]);
        foreach (RgbImage image in Paintings(2))
        {
            float[] expected = Signature(original, image);
            Assert.True(TensorPrimitives.CosineSimilarity(expected, Signature(half, image)) > 0.99999f);
            Assert.True(TensorPrimitives.CosineSimilarity(expected, Compute(again, image, ScalarType.Float32)) > 0.99999f);
        }
    }

    [Fact]
    public void A_narrowed_map_keeps_the_channels_of_the_largest_filters()
    {
        string path = SharedData.Require("models/mobilenetv2-gluon-features.onnx");
        using Network whole = Network.Load(path), narrow = Network.Load(path);
        narrow.Cut("feature_map");
        Assert.Throws<ArgumentException>(() => narrow.Narrow("feature_map", 768)); // not folded yet
        whole.FoldBatchNormalization();
        narrow.FoldBatchNormalization();
        Assert.Throws<ArgumentOutOfRangeException>(() => narrow.Narrow("feature_map", 1281));
        narrow.Narrow("feature_map", 768);
        using var scope = NewDisposeScope();
        using (no_grad())
        {
            Tensor images = rand([2, 3, 64, 64], generator: new Generator(1UL));
            Tensor all = whole.Run(images, "feature_map")[0], some = narrow.Run(images, "feature_map")[0];
            Assert.Equal([2, 768, 2, 2], some.shape);
            Networks.ConvLayer last = whole.Layers.OfType<Networks.ConvLayer>().Last();
            float[] sums = last.Weight.abs().sum([1L, 2L, 3L]).data<float>().ToArray();
            float least = sums.OrderDescending().ElementAt(767);
            long[] kept = [.. sums.Index().Where(sum => sum.Item >= least).Select(sum => (long)sum.Index)];
            Assert.True((all.index_select(1, tensor(kept)) - some).abs().max().item<float>() < 1e-4f);
        }

        narrow.AddHead("feature_map", new ClassifierHead { Targets = [new LabelTarget("genre", ["a", "b"])] });
        Assert.Throws<ArgumentException>(() => narrow.Narrow("feature_map", 100)); // the pooling reads it
    }

    [Fact]
    public void A_new_stage_and_head_compute_the_same_in_ONNX_Runtime()
    {
        using var folder = new TemporaryFolder();
        using Network network = TinyNetwork.Create();
        string[] labels = ["a", "b", "c"];
        new Recipe { Name = "stage", StageBlocks = 2, Dimensions = 16, Phases = [] }.Apply(network, [new LabelTarget("x", labels), new LabelTarget("y", ["no", "yes"])], seed: 3);
        Assert.Equal(["embedding", "probabilities", "probabilities_y", "feature_map"], network.Outputs);
        using Tensor x = rand(2, 3, 32, 32);
        using Tensor map = network.Run(x, "feature_map")[0];
        Assert.Equal([2L, 48, 4, 4], map.shape); // 24 channels on 8 × 8 places before
        network.Save(folder["stage.onnx"], inputSide: 32);
        using OnnxFeatureExtractor runtime = Extractor(folder["stage.onnx"], 32);
        Assert.Equal(16, runtime.Space.Dimensions);
        using RgbImage image = TinyPictures.Decode(TinyPictures.Create(1)[0].Source, cancellationToken: TestContext.Current.CancellationToken);
        Assert.True(TensorPrimitives.CosineSimilarity(Compute(network, image, ScalarType.Float32), Signature(runtime, image)) > AlmostOne);
    }

    [Fact]
    public void A_head_on_several_maps_computes_the_same_in_ONNX_Runtime_and_read_again()
    {
        using var folder = new TemporaryFolder();
        using Network network = TinyNetwork.Create();
        LabelTarget[] targets = [new LabelTarget("x", ["a", "b", "c"])];
        new Recipe { Name = "stage", StageBlocks = 2, Dimensions = 16, FurtherMaps = ["stage_input", "relu2"], Phases = [] }.Apply(network, targets, seed: 3);
        Assert.Equal(48 + 24 + 8, network.Layers.SelectMany(layer => layer.Parameters).Single(parameter => parameter.Name == "embedding_weight").Value.shape[1]);
        using Tensor x = rand(2, 3, 32, 32);
        Tensor[] maps = network.Run(x, "feature_map", "stage_input", "relu2", "pool_flat");
        using Tensor averages = cat([.. maps[..3].Select(map => map.mean([2L, 3L]))], 1);
        Assert.True(allclose(averages, maps[3], atol: 1e-5));

        // Statistics as training leaves them, those of averages being small.
        var norm = (Networks.BatchNormLayer)network.Layers.Single(layer => layer.Output == "pool_normalised");
        using Scalar half = 0.5, small = 0.001, smaller = 0.0001; // held, see TensorSums
        using (no_grad())
        using (NewDisposeScope())
        {
            foreach (Tensor value in (Tensor[])[norm.Mean, norm.Scale, norm.Shift])
            {
                value.copy_(rand(80).PlusInPlace(half));
            }

            norm.Variance.copy_(rand(80).mul(small).PlusInPlace(smaller));
        }

        network.Save(folder["several.onnx"], inputSide: 32);
        using OnnxFeatureExtractor runtime = Extractor(folder["several.onnx"], 32);
        using Network again = Network.Load(folder["several.onnx"]);
        using RgbImage image = TinyPictures.Decode(TinyPictures.Create(1)[0].Source, cancellationToken: TestContext.Current.CancellationToken);
        float[] expected = Compute(network, image, ScalarType.Float32);
        Assert.True(TensorPrimitives.CosineSimilarity(expected, Signature(runtime, image)) > AlmostOne);
        Assert.True(TensorPrimitives.CosineSimilarity(expected, Compute(again, image, ScalarType.Float32)) > AlmostOne);

        using Network other = TinyNetwork.Create();
        ArgumentException missing = Assert.Throws<ArgumentException>(() => new Recipe { FurtherMaps = ["conv9"], Phases = [] }.Apply(other, targets, seed: 3));
        Assert.Contains("conv9", missing.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Conv5_x_follows_conv4_x_of_ResNet50()
    {
        using Network network = Network.Load(SharedData.Require("models/resnet50v2-conv4-features.onnx"));
        network.Cut("feature_map");
        network.Rename("feature_map", "conv4");
        network.AddBottleneckStage("conv4", "feature_map");
        using var scope = NewDisposeScope();
        using (no_grad())
        {
            Assert.Equal([1L, 2048, 7, 7], network.Run(zeros(1, 3, 224, 224), "feature_map")[0].shape);
        }

        // conv5_x of ResNet50 v2 has 14.97 million numbers; this has its last normalisation too.
        long stage = network.Layers.Where(layer => layer.Output.StartsWith("conv5", StringComparison.Ordinal)).SelectMany(layer => layer.Parameters).Sum(parameter => parameter.Value.numel());
        Assert.InRange(stage, 14_900_000, 15_000_000);
    }

    [Fact]
    public void A_frozen_part_gets_no_gradients()
    {
        using Network network = TinyNetwork.Create();
        network.FreezeBefore("pool2");
        using var scope = NewDisposeScope();
        network.Run(rand(2, 3, 32, 32), "embedding")[0].sum().backward();
        foreach ((string name, TorchSharp.Modules.Parameter value) in network.Layers.SelectMany(layer => layer.Parameters))
        {
            bool isLate = name.StartsWith("conv3", StringComparison.Ordinal) || name.StartsWith("norm3", StringComparison.Ordinal);
            Assert.Equal(isLate, value.requires_grad);
            Assert.Equal(isLate, value.grad is not null);
        }
    }

    [Fact]
    public void A_run_can_begin_at_any_tensor_that_everything_after_depends_on()
    {
        using Network network = TinyNetwork.Create();
        using var scope = NewDisposeScope();
        using (no_grad())
        {
            Tensor x = rand(2, 3, 32, 32);
            Tensor[] both = network.Run(x, "pool2", "embedding");
            Assert.Equal(Values(both[1]), Values(network.Run("pool2", both[0], ["embedding"])[0]));
            ArgumentException error = Assert.Throws<ArgumentException>(() => network.Run("relu2", both[0], ["embedding"])); // the sum reads the pool too
            Assert.Contains("relu2", error.Message, StringComparison.Ordinal);
            Assert.Contains("nothing", Assert.Throws<ArgumentException>(() => network.Run(x, "nothing")).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void What_is_no_model_is_refused_by_name()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["text.onnx"], "this is no model");
        Assert.Contains("text.onnx", Assert.Throws<UnsupportedNetworkException>(() => Network.Load(folder["text.onnx"])).Message, StringComparison.Ordinal);
        Assert.Contains("missing.onnx", Assert.Throws<UnsupportedNetworkException>(() => Network.Load(folder["missing.onnx"])).Message, StringComparison.Ordinal);
        File.WriteAllBytes(folder["empty.onnx"], []);
        Assert.Throws<UnsupportedNetworkException>(() => Network.Load(folder["empty.onnx"]));
    }

    [Fact]
    public void An_unknown_operator_is_named_with_its_node()
    {
        using var folder = new TemporaryFolder();
        byte[] bytes = File.ReadAllBytes(TinyNetwork.Write(folder));
        Replace(bytes, "GlobalAveragePool"u8, "GlobalFantasyPool"u8);
        File.WriteAllBytes(folder["odd.onnx"], bytes);
        UnsupportedNetworkException error = Assert.Throws<UnsupportedNetworkException>(() => Network.Load(folder["odd.onnx"]));
        Assert.Contains("average", error.Reason, StringComparison.Ordinal);
        Assert.Contains("GlobalFantasyPool", error.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_damaged_model_is_refused_or_read_and_nothing_else()
    {
        using var folder = new TemporaryFolder();
        byte[] bytes = File.ReadAllBytes(TinyNetwork.Write(folder));
        var random = new Random(5);
        int refused = 0;
        for (int i = 0; i < 400; i++)
        {
            byte[] damaged = [.. bytes];
            if (i % 2 == 0)
            {
                damaged = damaged[..random.Next(damaged.Length)];
            }
            else
            {
                damaged[random.Next(damaged.Length)] ^= (byte)(1 << random.Next(8));
            }

            File.WriteAllBytes(folder["damaged.onnx"], damaged);
            try
            {
                Network.Load(folder["damaged.onnx"]).Dispose();
            }
            catch (UnsupportedNetworkException)
            {
                refused++;
            }
        }

        Assert.True(refused >= 190, $"only {refused} of 400 were refused, where half were cut short");
    }

    [Fact]
    public void The_other_packages_know_nothing_of_TorchSharp()
    {
        foreach (System.Reflection.Assembly assembly in new[] { typeof(OnnxFeatureExtractor).Assembly, typeof(RgbImage).Assembly, typeof(NetVipsImageDecoder).Assembly })
        {
            Assert.DoesNotContain(assembly.GetReferencedAssemblies(), reference => reference.Name!.StartsWith("TorchSharp", StringComparison.Ordinal));
        }

        string root = Path.GetDirectoryName(FindSolution())!;
        string[] projects = [.. Directory.EnumerateFiles(root, "*.csproj", SearchOption.AllDirectories)
            .Where(project => File.ReadAllText(project).Contains("TorchSharp", StringComparison.Ordinal)).Select(project => Path.GetFileNameWithoutExtension(project)).Order(StringComparer.Ordinal)];
        Assert.Equal(["ArtSimilarity.Training", "ArtSimilarity.Training.Tests"], projects);
    }

    private static string FindSolution()
    {
        DirectoryInfo folder = new(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "ArtSimilarity.sln")))
        {
            folder = folder.Parent!;
        }

        return Path.Combine(folder.FullName, "ArtSimilarity.sln");
    }

    private static void Replace(byte[] bytes, ReadOnlySpan<byte> what, ReadOnlySpan<byte> with)
    {
        int at = bytes.AsSpan().IndexOf(what);
        Assert.True(at >= 0);
        with.CopyTo(bytes.AsSpan(at));
    }

    private static IEnumerable<RgbImage> Paintings(int count)
    {
        var decoder = new NetVipsImageDecoder();
        foreach (string file in Directory.EnumerateFiles(SharedData.Require("paintings/images")).Order(StringComparer.Ordinal).Where((_, i) => i % 3001 == 0).Take(count))
        {
            using RgbImage image = decoder.Decode(ImageSource.FromFile(file), new ImageSize(224, 224));
            yield return image;
        }
    }

    private static OnnxFeatureExtractor Extractor(string path, int side = 224) =>
        new(new OnnxFeatureExtractorOptions { ModelPath = path, Preprocessing = new ImagePreprocessing { InputSize = new ImageSize(side, side) } });

    private static float[] Signature(OnnxFeatureExtractor extractor, RgbImage image)
    {
        float[] signature = new float[extractor.Space.Dimensions];
        extractor.Extract([image], signature, TestContext.Current.CancellationToken);
        return signature;
    }

    private static float[] Compute(Network network, RgbImage image, ScalarType type)
    {
        using var scope = NewDisposeScope();
        using (no_grad())
        {
            int side = image.Width is 32 ? 32 : 224;
            using RgbImage resized = ImageResampler.Resize(image, new ImageSize(side, side));
            float[] values = new float[3 * side * side];
            var sampler = new Data.PictureSampler(Augmentation.None, ImagePreprocessing.ImageNet);
            sampler.Draw(resized.Pixels, side, values, side, new Random(0));
            Tensor x = tensor(values, [1, side, side, 3]).permute(0, 3, 1, 2).to(type);
            return Values(network.Run(x, "embedding")[0]);
        }
    }

    private static float[] Values(Tensor tensor) => tensor.detach().to(ScalarType.Float32).contiguous().data<float>().ToArray();
}
