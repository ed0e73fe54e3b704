using ArtSimilarity.Testing;
using ArtSimilarity.Training.Networks;
using ArtSimilarity.Training.Running;
using TorchSharp;
using static TorchSharp.torch;

namespace ArtSimilarity.Training.Tests;

/// <summary>A small convolutional network with every kind of layer, random weights and a feature map of 24 channels.</summary>
internal static class TinyNetwork
{
    private static readonly Scalar Tenth = 0.1, Half = 0.5; // held, see TensorSums

    public static string Write(TemporaryFolder folder, string name = "tiny.onnx")
    {
        using Network network = Create();
        network.Save(folder[name], documentation: "tiny", inputSide: 32);
        return folder[name];
    }

    public static Network Create()
    {
        using var random = new Generator(7);
        return new Network(
            "input",
            [
                Conv(random, "conv1", "input", 3, 8, 3, 2),
                Norm(random, "norm1", "conv1", 8),
                new ClipLayer("relu1", "norm1", 0, 6),
                new PoolLayer("pool1", "relu1", isMaximum: true, [3, 3], [2, 2], [0, 0, 1, 1], roundsUp: false, countsPads: false),
                Conv(random, "depthwise", "pool1", 8, 8, 3, 1, groups: 8),
                ClipLayer.Relu("relu2", "depthwise"),
                new AddLayer("sum", "relu2", "pool1"),
                new PoolLayer("pool2", "sum", isMaximum: false, [3, 3], [1, 1], [1, 1, 1, 1], roundsUp: false, countsPads: false),
                Conv(random, "conv3", "pool2", 8, 16, 1, 1),
                new ConcatLayer("both", ["conv3", "pool2"], 1),
                Norm(random, "norm3", "both", 24),
                ClipLayer.Relu("feature_map", "norm3"),
                new GlobalAveragePoolLayer("average", "feature_map"),
                new FlattenLayer("embedding", "average"),
            ],
            ["embedding", "feature_map"]);
    }

    private static ConvLayer Conv(Generator random, string output, string input, long from, long to, long kernel, long stride, long groups = 1)
    {
        using var scope = NewDisposeScope(); // see TensorSums
        using Scalar deviation = Math.Sqrt(2.0 / (from / groups * kernel * kernel));
        Tensor weight = randn([to, from / groups, kernel, kernel], generator: random).mul(deviation), bias = randn([to], generator: random).mul(Tenth);
        return new ConvLayer(output, input, weight, bias, ConvGeometry.Square(kernel, stride) with { Groups = groups });
    }

    private static BatchNormLayer Norm(Generator random, string output, string input, long width)
    {
        using var scope = NewDisposeScope(); // see TensorSums
        Tensor scale = rand([width], generator: random).PlusInPlace(Half), shift = randn([width], generator: random).mul(Tenth);
        Tensor mean = randn([width], generator: random).mul(Tenth), variance = rand([width], generator: random).PlusInPlace(Half);
        return new BatchNormLayer(output, input, scale, shift, mean, variance, 1e-5, usesBatchStatistics: false);
    }
}
