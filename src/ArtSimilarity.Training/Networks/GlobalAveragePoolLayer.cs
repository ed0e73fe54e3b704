using static TorchSharp.torch;

namespace ArtSimilarity.Training.Networks;

/// <summary>ONNX GlobalAveragePool. From here on numbers have 32 bits: the few that are left cost nothing and want precision.</summary>
internal sealed class GlobalAveragePoolLayer(string output, string input) : Layer(output, input)
{
    private static readonly long[] Places = [2, 3];

    public override Tensor Forward(Tensor[] inputs, bool training, bool inPlace) => inputs[0].mean(Places, keepdim: true, ScalarType.Float32);

    public override void Write(OnnxWriter writer) => writer.AddNode("GlobalAveragePool", Output, Inputs);
}
