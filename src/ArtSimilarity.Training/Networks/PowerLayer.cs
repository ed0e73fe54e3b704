using TorchSharp;
using static TorchSharp.torch;

namespace ArtSimilarity.Training.Networks;

/// <summary>
/// ONNX Pow with a constant exponent, of numbers that are not below 0. From here on numbers have 32 bits: a power of brain floats would lose what it is to
/// tell apart.
/// </summary>
internal sealed class PowerLayer(string output, string input, float exponent) : Layer(output, input)
{
    public override Tensor Forward(Tensor[] inputs, bool training, bool inPlace)
    {
        using Scalar power = exponent; // held, see AdamW
        return inputs[0].to(ScalarType.Float32).pow(power);
    }

    public override void Write(OnnxWriter writer) => writer.AddNode("Pow", Output, [Inputs[0], writer.AddScalar(exponent)]);
}
