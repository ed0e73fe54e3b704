namespace ArtSimilarity.Onnx.Maps;

/// <summary>One layer behind the pooling: a vector in, a vector out.</summary>
/// <param name="length">The length of the vector that comes out.</param>
internal abstract class HeadStage(int length)
{
    /// <summary>The length of the vector that comes out.</summary>
    public int Length => length;

    public abstract void Apply(ReadOnlySpan<float> input, Span<float> output);

    /// <summary>The affine layer that does the same to this input.</summary>
    public abstract AffineStage At(ReadOnlySpan<float> input);
}
