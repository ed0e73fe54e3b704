using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace ArtSimilarity.Training.Networks;

/// <summary>ONNX Gemm as a fully connected layer: y = x·Wᵀ + b.</summary>
internal sealed class GemmLayer : Layer
{
    private readonly string _weightName;
    private readonly string _biasName;

    /// <param name="output">The name of the tensor it writes.</param>
    /// <param name="input">The name of the tensor it reads, [N, inputs].</param>
    /// <param name="weight">[outputs, inputs].</param>
    /// <param name="bias">[outputs].</param>
    /// <param name="weightName">The weight's name in the file.</param>
    /// <param name="biasName">The bias's name in the file.</param>
    public GemmLayer(string output, string input, Tensor weight, Tensor bias, string? weightName = null, string? biasName = null)
        : base(output, input)
    {
        Weight = Keep(weight);
        Bias = Keep(bias);
        _weightName = weightName ?? output + "_weight";
        _biasName = biasName ?? output + "_bias";
    }

    public Parameter Weight { get; }

    public Parameter Bias { get; }

    public override IEnumerable<(string Name, Parameter Value)> Parameters => [(_weightName, Weight), (_biasName, Bias)];

    public override Tensor Forward(Tensor[] inputs, bool training, bool inPlace) => nn.functional.linear(inputs[0], Weight, Bias);

    public override void Write(OnnxWriter writer) => writer.AddNode(
        "Gemm",
        Output,
        [Inputs[0], writer.AddTensor(_weightName, Weight), writer.AddTensor(_biasName, Bias)],
        OnnxWriter.Attribute("transB", 1));
}
