using static TorchSharp.torch;

namespace ArtSimilarity.Training.Networks;

/// <summary>ONNX Flatten: everything but the batch becomes one dimension.</summary>
internal sealed class FlattenLayer(string output, string input) : Layer(output, input)
{
    public override Tensor Forward(Tensor[] inputs, bool training, bool inPlace) => inputs[0].flatten(1);

    public override void Write(OnnxWriter writer) => writer.AddNode("Flatten", Output, Inputs, OnnxWriter.Attribute("axis", 1));
}
