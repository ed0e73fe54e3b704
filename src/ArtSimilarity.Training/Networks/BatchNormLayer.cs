using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace ArtSimilarity.Training.Networks;

/// <summary>ONNX BatchNormalization over the channels of a map.</summary>
internal sealed class BatchNormLayer : Layer
{
    private const double Momentum = 0.1;

    private readonly string[] _names;

    public BatchNormLayer(string output, string input, Tensor scale, Tensor shift, Tensor mean, Tensor variance, double epsilon, bool usesBatchStatistics, string[]? names = null)
        : base(output, input)
    {
        Scale = Keep(scale);
        Shift = Keep(shift);
        Mean = KeepBuffer(mean);
        Variance = KeepBuffer(variance);
        Epsilon = epsilon;
        UsesBatchStatistics = usesBatchStatistics;
        _names = names ?? [output + "_gamma", output + "_beta", output + "_running_mean", output + "_running_var"];
    }

    public Parameter Scale { get; }

    public Parameter Shift { get; }

    public Tensor Mean { get; }

    public Tensor Variance { get; }

    public double Epsilon { get; }

    /// <summary>
    /// Whether training normalises by the batch and updates the running statistics, as new layers must. Layers that were trained
    /// before keep their statistics: small batches of other pictures would only blur them.
    /// </summary>
    public bool UsesBatchStatistics { get; }

    /// <summary>
    /// The batches seen so far, many unless told: the running statistics are the mean of the first ten, and forget by a tenth with each one after. What they began with,
    /// a variance of 1 say where the true one is a ten-thousandth, would else be heard for a hundred batches.
    /// </summary>
    public int Seen { get; set; } = int.MaxValue - 1;

    public override IEnumerable<(string Name, Parameter Value)> Parameters => [(_names[0], Scale), (_names[1], Shift)];

    public override IEnumerable<(string Name, Tensor Value)> Buffers => [(_names[2], Mean), (_names[3], Variance)];

    public override Tensor Forward(Tensor[] inputs, bool training, bool inPlace) =>
        nn.functional.batch_norm(inputs[0], Mean, Variance, Scale, Shift, training && UsesBatchStatistics && Scale.requires_grad, Math.Max(Momentum, 1.0 / (Seen + 1)), Epsilon);

    public override void Write(OnnxWriter writer) => writer.AddNode(
        "BatchNormalization",
        Output,
        [Inputs[0], writer.AddTensor(_names[0], Scale), writer.AddTensor(_names[1], Shift), writer.AddTensor(_names[2], Mean), writer.AddTensor(_names[3], Variance)],
        OnnxWriter.Attribute("epsilon", (float)Epsilon));
}
