namespace ArtSimilarity.Onnx.Maps;

/// <summary>Numbers kept within limits, or below 0 multiplied with a slope: Relu, Clip, LeakyRelu.</summary>
/// <param name="length">The length of the vector.</param>
/// <param name="min">The lowest number that comes out.</param>
/// <param name="max">The highest number that comes out.</param>
/// <param name="slope">What numbers below 0 are multiplied with first; 1 for Relu and Clip.</param>
internal sealed class ClampStage(int length, float min, float max, float slope = 1) : HeadStage(length)
{
    public override void Apply(ReadOnlySpan<float> input, Span<float> output)
    {
        for (int i = 0; i < output.Length; i++)
        {
            output[i] = Math.Clamp(input[i] < 0 ? input[i] * slope : input[i], min, max);
        }
    }

    /// <summary>A number within the limits passes through; of one beyond them the limit stays, whatever the input.</summary>
    public override AffineStage At(ReadOnlySpan<float> input)
    {
        float[] scale = new float[input.Length];
        float[] shift = new float[input.Length];
        for (int i = 0; i < input.Length; i++)
        {
            float factor = input[i] < 0 ? slope : 1;
            float value = input[i] * factor;
            scale[i] = value > min && value < max ? factor : 0;
            shift[i] = value <= min ? min : value >= max ? max : 0;
        }

        return new ScaleStage(scale, shift);
    }
}
