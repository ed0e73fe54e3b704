using TorchSharp;
using static TorchSharp.torch;

namespace ArtSimilarity.Training.Networks;

/// <summary>ONNX Concat.</summary>
internal sealed class ConcatLayer(string output, string[] inputs, long axis) : Layer(output, inputs)
{
    public override Tensor Forward(Tensor[] inputs, bool training, bool inPlace) => cat(inputs, axis);

    public override void Write(OnnxWriter writer) => writer.AddNode("Concat", Output, Inputs, OnnxWriter.Attribute("axis", axis));
}
