using static TorchSharp.torch;

namespace ArtSimilarity.Training.Networks;

/// <summary>ONNX Softmax over the classes of [N, classes].</summary>
internal sealed class SoftmaxLayer(string output, string input) : Layer(output, input)
{
    public override Tensor Forward(Tensor[] inputs, bool training, bool inPlace) => inputs[0].dim() == 2
        ? inputs[0].softmax(1)
        : throw new UnsupportedNetworkException("network", $"the softmax '{Output}' works on {inputs[0].dim()} dimensions; only [N, classes] is known.");

    public override void Write(OnnxWriter writer) => writer.AddNode("Softmax", Output, Inputs, OnnxWriter.Attribute("axis", 1));
}
