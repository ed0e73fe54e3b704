using TorchSharp;
using static TorchSharp.torch;

namespace ArtSimilarity.Training.Networks;

/// <summary>ONNX MaxPool or AveragePool in two dimensions.</summary>
internal sealed class PoolLayer(string output, string input, bool isMaximum, long[] kernel, long[] strides, long[] pads, bool roundsUp, bool countsPads) : Layer(output, input)
{
    public override Tensor Forward(Tensor[] inputs, bool training, bool inPlace)
    {
        Tensor x = inputs[0];
        bool even = pads[0] == pads[2] && pads[1] == pads[3];
        long[] both = even ? [pads[0], pads[1]] : [0, 0];
        if (!even)
        {
            x = nn.functional.pad(x, [pads[1], pads[3], pads[0], pads[2]], value: isMaximum ? double.NegativeInfinity : 0);
        }

        return isMaximum
            ? nn.functional.max_pool2d(x, kernel, strides, both, ceil_mode: roundsUp)
            : nn.functional.avg_pool2d(x, kernel, strides, both, roundsUp, countsPads);
    }

    public override void Write(OnnxWriter writer)
    {
        List<ArtSimilarity.Training.Schema.AttributeProto> attributes =
        [
            OnnxWriter.Attribute("kernel_shape", kernel),
            OnnxWriter.Attribute("strides", strides),
            OnnxWriter.Attribute("pads", pads),
            OnnxWriter.Attribute("ceil_mode", roundsUp ? 1 : 0),
        ];
        if (!isMaximum)
        {
            attributes.Add(OnnxWriter.Attribute("count_include_pad", countsPads ? 1 : 0));
        }

        writer.AddNode(isMaximum ? "MaxPool" : "AveragePool", Output, Inputs, [.. attributes]);
    }
}
