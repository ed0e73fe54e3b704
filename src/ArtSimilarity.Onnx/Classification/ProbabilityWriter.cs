using System.Buffers;
using System.Numerics.Tensors;
using ArtSimilarity.Onnx.Extraction;

namespace ArtSimilarity.Onnx.Classification;

/// <summary>Makes the probabilities of a call out of what the model gives: the mean where an image was also run mirrored.</summary>
internal readonly ref struct ProbabilityWriter(ImageModel model, bool applySoftmax, Span<float> probabilities) : IOutputReader
{
    // Far above the rounding of a softmax, even in half precision, and far below what scores would sum to.
    private const float Tolerance = 0.01f;

    private readonly Span<float> _probabilities = probabilities;

    public void Read(int image, int output, bool isMirrored, ReadOnlySpan<float> tensor)
    {
        Span<float> row = _probabilities.Slice(image * tensor.Length, tensor.Length);
        if (!isMirrored)
        {
            Take(image, tensor, row);
            return;
        }

        float[] rented = ArrayPool<float>.Shared.Rent(tensor.Length);
        try
        {
            Span<float> mirrored = rented.AsSpan(0, tensor.Length);
            Take(image, tensor, mirrored);
            TensorPrimitives.Add(row, mirrored, row);
            TensorPrimitives.Multiply(row, 0.5f, row);
        }
        finally
        {
            ArrayPool<float>.Shared.Return(rented);
        }
    }

    private void Take(int image, ReadOnlySpan<float> tensor, Span<float> row)
    {
        if (!TensorPrimitives.IsFiniteAll(tensor))
        {
            throw Fault(image, "is not finite");
        }

        if (applySoftmax)
        {
            TensorPrimitives.Subtract(tensor, TensorPrimitives.Max(tensor), row); // so that nothing overflows
            TensorPrimitives.Exp(row, row);
            TensorPrimitives.Divide(row, TensorPrimitives.Sum(row), row);
            return;
        }

        float sum = TensorPrimitives.Sum(tensor);
        if (TensorPrimitives.Min(tensor) < -Tolerance || Math.Abs(sum - 1) > Tolerance)
        {
            throw Fault(image, FormattableString.Invariant($"holds no probabilities but numbers that sum to {sum} (where they are scores, set Labels and ApplySoftmax)"));
        }

        tensor.CopyTo(row);
    }

    private OnnxModelException Fault(int image, string what) =>
        new(model.Name, $"its tensor '{model.Output.Name}' {what} for image {image} of {_probabilities.Length / model.Output.Dimensions} in the batch.");
}
