using ArtSimilarity.Metrics;
using ArtSimilarity.Numerics;
using ArtSimilarity.SignCodes;

namespace ArtSimilarity.FastScan.Codes;

/// <summary>What the angular distance √(2·(1 − cos)) needs of each vector.</summary>
internal static unsafe class AngularDistance
{
    /// <summary>Squared norms must stay below this, so that no sum of products overflows.</summary>
    private const double MaxSquaredNorm = float.MaxValue / 16;

    /// <summary>The distance from x, of a known squared norm, to y; √2 where one of them is zero.</summary>
    public static float Between(float* x, double xSquaredNorm, float* y, int dimensions)
    {
        (double dot, double ySquaredNorm) = FixedOrderSum.DotAndSquaredNorm(new(x, dimensions), new(y, dimensions));
        double norms = Math.Sqrt(xSquaredNorm) * Math.Sqrt(ySquaredNorm);
        double cosine = norms == 0 ? 0 : Math.Clamp(dot / norms, -1, 1);
        return (float)SimilarityMetrics.Angular.DistanceFrom(cosine);
    }

    /// <summary>Copies a vector into a padded row and returns its squared norm.</summary>
    /// <exception cref="ArgumentException">The vector has another length, or a number that is not finite or too large to square.</exception>
    public static double CopyToRow(ReadOnlySpan<float> vector, int dimensions, float* row, int stride, string parameterName)
    {
        if (vector.Length != dimensions)
        {
            throw new ArgumentException($"The vector has {vector.Length} dimensions, not {dimensions}.", parameterName);
        }

        vector.CopyTo(new Span<float>(row, stride));
        new Span<float>(row + dimensions, stride - dimensions).Clear();
        double squaredNorm = FixedOrderSum.Dot(vector, vector);
        if (squaredNorm < MaxSquaredNorm)
        {
            return squaredNorm;
        }

        for (int i = 0; i < vector.Length; i++)
        {
            if (!float.IsFinite(vector[i]))
            {
                throw new ArgumentException($"Component {i} of the vector is {vector[i]}: all numbers must be finite.", parameterName);
            }
        }

        throw new ArgumentException($"The vector's norm {Math.Sqrt(squaredNorm):g3} is too large (its square must stay below {MaxSquaredNorm:g3}).", parameterName);
    }

    /// <summary>1 over the norm, 0 for a zero vector: a dot product times this is a cosine.</summary>
    public static float InverseNorm(double squaredNorm) =>
        squaredNorm == 0 ? 0 : (float)Math.Min(1 / Math.Sqrt(squaredNorm), float.MaxValue);
}
