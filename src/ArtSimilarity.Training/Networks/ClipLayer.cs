using ArtSimilarity.Training.Running;
using TorchSharp;
using static TorchSharp.torch;

namespace ArtSimilarity.Training.Networks;

/// <summary>ONNX Relu and Clip: numbers below and above two bounds become these bounds.</summary>
internal sealed class ClipLayer(string output, string input, float lowest, float highest) : Layer(output, input)
{
    public override bool CanWorkInPlace => true;

    public static ClipLayer Relu(string output, string input) => new(output, input, 0, float.PositiveInfinity);

    // The special cases are several times as fast as the general one.
    public override Tensor Forward(Tensor[] inputs, bool training, bool inPlace) => (lowest, highest) switch
    {
        (0, float.PositiveInfinity) => nn.functional.relu(inputs[0], inPlace),
        (0, 6) => nn.functional.relu6(inputs[0], inPlace),
        _ => Clamp(inputs[0]),
    };

    private Tensor Clamp(Tensor x)
    {
        using Scalar low = lowest, high = highest; // held, see AdamW
        return x.clamp(low, high);
    }

    public override void Write(OnnxWriter writer)
    {
        if (lowest == 0 && float.IsPositiveInfinity(highest))
        {
            writer.AddNode("Relu", Output, Inputs);
        }
        else
        {
            // A missing bound is an empty name.
            string low = float.IsNegativeInfinity(lowest) ? "" : writer.AddScalar(lowest);
            string high = float.IsPositiveInfinity(highest) ? "" : writer.AddScalar(highest);
            writer.AddNode("Clip", Output, [Inputs[0], low, high]);
        }
    }
}
