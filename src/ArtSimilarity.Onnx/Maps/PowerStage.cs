namespace ArtSimilarity.Onnx.Maps;

/// <summary>Numbers above 0 raised to a power: Pow behind a generalised mean.</summary>
/// <param name="length">The length of the vector.</param>
/// <param name="exponent">The power, above 0.</param>
internal sealed class PowerStage(int length, float exponent) : HeadStage(length)
{
    public override void Apply(ReadOnlySpan<float> input, Span<float> output)
    {
        for (int i = 0; i < output.Length; i++)
        {
            output[i] = MathF.Pow(input[i], exponent);
        }
    }

    /// <summary>Each number keeps the factor that the power is for it, so that parts of the input give shares of the output that add up.</summary>
    public override AffineStage At(ReadOnlySpan<float> input)
    {
        float[] scale = new float[input.Length];
        for (int i = 0; i < scale.Length; i++)
        {
            scale[i] = input[i] > 0 ? MathF.Pow(input[i], exponent) / input[i] : 0;
        }

        return new ScaleStage(scale, new float[scale.Length]);
    }
}
