using ArtSimilarity.Training.Running;
using static TorchSharp.torch;

namespace ArtSimilarity.Training.Networks;

/// <summary>ONNX Add of two tensors of one shape.</summary>
internal sealed class AddLayer(string output, string first, string second) : Layer(output, first, second)
{
    public override Tensor Forward(Tensor[] inputs, bool training, bool inPlace) => inputs[0].Plus(inputs[1]);

    public override void Write(OnnxWriter writer) => writer.AddNode("Add", Output, Inputs);
}
