using System.Numerics.Tensors;

namespace ArtSimilarity.Metrics;

/// <summary>Cosine distance 1 − cos, from 0 (same direction) to 2 (opposite); its similarity is the cosine.</summary>
/// <remarks>A zero vector has no direction; its cosine with any vector counts as 0, so its distance is 1.</remarks>
public sealed class CosineMetric : ISimilarityMetric
{
    internal CosineMetric()
    {
    }

    /// <inheritdoc/>
    public string Name => "cosine";

    /// <inheritdoc/>
    public float Distance(ReadOnlySpan<float> x, ReadOnlySpan<float> y) => 1 - Cosine(x, y);

    /// <inheritdoc/>
    public float Similarity(float distance) => 1 - distance;

    /// <summary>The cosine, −1 to 1; 0 where a vector is zero.</summary>
    internal static float Cosine(ReadOnlySpan<float> x, ReadOnlySpan<float> y)
    {
        // The norms are multiplied as doubles: two small ones would underflow as floats.
        double norms = Math.Sqrt((double)TensorPrimitives.SumOfSquares(x) * TensorPrimitives.SumOfSquares(y));
        float dot = TensorPrimitives.Dot(x, y); // before the zero test: it also refuses vectors of different lengths
        return norms == 0 ? 0 : (float)Math.Clamp(dot / norms, -1, 1);
    }
}
