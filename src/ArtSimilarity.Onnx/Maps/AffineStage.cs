namespace ArtSimilarity.Onnx.Maps;

/// <summary>A layer whose output is a linear function of its input and a bias.</summary>
internal abstract class AffineStage(int length) : HeadStage(length)
{
    /// <summary>Applies the linear function alone, without the bias.</summary>
    public abstract void ApplyLinear(ReadOnlySpan<float> input, Span<float> output);

    public sealed override AffineStage At(ReadOnlySpan<float> input) => this;
}
