using System.Numerics.Tensors;

namespace ArtSimilarity.Onnx.Maps;

/// <summary>A matrix and a bias: Gemm, MatMul, a convolution of 1×1.</summary>
/// <param name="weights">The matrix, a row for each number that comes out.</param>
/// <param name="bias">The bias; empty for none.</param>
/// <param name="length">The number of rows.</param>
internal sealed class DenseStage(float[] weights, float[] bias, int length) : AffineStage(length)
{
    public override void Apply(ReadOnlySpan<float> input, Span<float> output)
    {
        ApplyLinear(input, output);
        if (bias.Length > 0)
        {
            TensorPrimitives.Add(output, bias, output);
        }
    }

    public override void ApplyLinear(ReadOnlySpan<float> input, Span<float> output)
    {
        for (int row = 0; row < output.Length; row++)
        {
            output[row] = TensorPrimitives.Dot(input, weights.AsSpan(row * input.Length, input.Length));
        }
    }
}
