using TorchSharp;
using static TorchSharp.torch;

namespace ArtSimilarity.Training.Networks;

/// <summary>Zeroes a share of the numbers while training. A file for inference does without it.</summary>
internal sealed class DropoutLayer(string output, string input, double share) : Layer(output, input)
{
    public override Tensor Forward(Tensor[] inputs, bool training, bool inPlace) =>
        training && share > 0 ? nn.functional.dropout(inputs[0], share, training: true) : inputs[0].alias();

    public override void Write(OnnxWriter writer) => writer.Alias(Output, Inputs[0]);
}
