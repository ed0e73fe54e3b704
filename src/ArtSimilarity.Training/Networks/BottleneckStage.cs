using TorchSharp;
using static TorchSharp.torch;

namespace ArtSimilarity.Training.Networks;

/// <summary>The layers of a stage of pre-activation bottlenecks, as ResNet50 v2 has them.</summary>
internal static class BottleneckStage
{
    private const double Epsilon = 1e-5;

    public static IEnumerable<Layer> Create(long channels, string input, string output, string name, int blocks, long seed)
    {
        using Generator random = new((ulong)seed);
        long inner = channels / 2;
        long outer = channels * 2;
        List<Layer> layers = [];

        // The first block works on the map as it comes, normalised and rectified; it halves rows and columns.
        layers.Add(Conv($"{name}_shortcut", input, channels, outer, 1, 2, 1));
        string sum = Block(0, input, channels, 2, $"{name}_shortcut");
        for (int block = 1; block < blocks; block++)
        {
            string prefix = $"{name}_block{block}";
            Normalise($"{prefix}_preactivation", sum, outer, out string activated);
            sum = Block(block, activated, outer, 1, sum);
        }

        Normalise($"{name}_output", sum, outer, out string last, output);
        return layers;

        string Block(int block, string from, long fromChannels, long stride, string shortcut)
        {
            string prefix = $"{name}_block{block}";
            layers.Add(Conv($"{prefix}_conv1", from, fromChannels, inner, 1, 1, 1));
            Normalise($"{prefix}_norm1", $"{prefix}_conv1", inner, out string first);
            layers.Add(Conv($"{prefix}_conv2", first, inner, inner, 3, stride, 1));
            Normalise($"{prefix}_norm2", $"{prefix}_conv2", inner, out string second);

            // The residual branch begins small, so that the stage begins near its shortcut.
            layers.Add(Conv($"{prefix}_conv3", second, inner, outer, 1, 1, 0.5));
            layers.Add(new AddLayer($"{prefix}_sum", $"{prefix}_conv3", shortcut));
            return $"{prefix}_sum";
        }

        void Normalise(string tensor, string from, long width, out string activated, string? activatedName = null)
        {
            using Tensor one = ones(width), zero = zeros(width);
            layers.Add(new BatchNormLayer(tensor, from, one, zero, zero, one, Epsilon, usesBatchStatistics: true));
            activated = activatedName ?? $"{tensor}_relu";
            layers.Add(ClipLayer.Relu(activated, tensor));
        }

        ConvLayer Conv(string tensor, string from, long fromChannels, long toChannels, long kernel, long stride, double gain)
        {
            // He et al. 2015, by the numbers that go out.
            double deviation = gain * Math.Sqrt(2.0 / (toChannels * kernel * kernel));
            using Tensor drawn = randn([toChannels, fromChannels, kernel, kernel], generator: random);
            using Scalar factor = deviation; // held, see AdamW
            using Tensor weight = drawn.mul(factor);
            return new ConvLayer(tensor, from, weight, null, ConvGeometry.Square(kernel, stride));
        }
    }
}
