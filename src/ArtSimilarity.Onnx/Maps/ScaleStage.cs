using System.Numerics.Tensors;

namespace ArtSimilarity.Onnx.Maps;

/// <summary>Each number multiplied with one of its own, and one added: BatchNormalization, Add, Mul, and every piecewise linear function at one input.</summary>
internal sealed class ScaleStage(float[] scale, float[] shift) : AffineStage(scale.Length)
{
    public override void Apply(ReadOnlySpan<float> input, Span<float> output) => TensorPrimitives.MultiplyAdd(input, scale, shift, output);

    public override void ApplyLinear(ReadOnlySpan<float> input, Span<float> output) => TensorPrimitives.Multiply(input, scale, output);
}
