using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace ArtSimilarity.Training.Networks;

/// <summary>ONNX Conv in two dimensions, grouped or not.</summary>
internal sealed class ConvLayer : Layer
{
    private readonly string _weightName;
    private readonly string _biasName;

    public ConvLayer(string output, string input, Tensor weight, Tensor? bias, ConvGeometry geometry, string? weightName = null, string? biasName = null)
        : base(output, input)
    {
        Weight = Keep(weight);
        Bias = bias is null ? null : Keep(bias);
        Geometry = geometry;
        _weightName = weightName ?? output + "_weight";
        _biasName = biasName ?? output + "_bias";
    }

    /// <summary>[output channels, input channels ÷ groups, rows, columns].</summary>
    public Parameter Weight { get; }

    /// <summary>[output channels].</summary>
    public Parameter? Bias { get; }

    public ConvGeometry Geometry { get; }

    public string WeightName => _weightName;

    public string BiasName => _biasName;

    public override IEnumerable<(string Name, Parameter Value)> Parameters
    {
        get
        {
            yield return (_weightName, Weight);
            if (Bias is not null)
            {
                yield return (_biasName, Bias);
            }
        }
    }

    public override Tensor Forward(Tensor[] inputs, bool training, bool inPlace)
    {
        Tensor x = inputs[0];
        Tensor weight = Weight.to(x.dtype);
        Tensor? bias = Bias?.to(x.dtype);
        long[] pads = Geometry.Pads;
        if (pads[0] != pads[2] || pads[1] != pads[3])
        {
            x = nn.functional.pad(x, [pads[1], pads[3], pads[0], pads[2]]);
            pads = [0, 0, 0, 0];
        }

        return nn.functional.conv2d(x, weight, bias, Geometry.Strides, [pads[0], pads[1]], Geometry.Dilations, Geometry.Groups);
    }

    public override void Write(OnnxWriter writer)
    {
        string weight = writer.AddTensor(_weightName, Weight);
        string[] inputs = Bias is null ? [Inputs[0], weight] : [Inputs[0], weight, writer.AddTensor(_biasName, Bias)];
        writer.AddNode(
            "Conv",
            Output,
            inputs,
            OnnxWriter.Attribute("group", Geometry.Groups),
            OnnxWriter.Attribute("kernel_shape", Weight.shape[2..]),
            OnnxWriter.Attribute("strides", Geometry.Strides),
            OnnxWriter.Attribute("pads", Geometry.Pads),
            OnnxWriter.Attribute("dilations", Geometry.Dilations));
    }
}
