using ArtSimilarity.SignCodes;
namespace ArtSimilarity.FastScan;

/// <summary>What the angular distance √(2·(1 − cos)) needs of each vector.</summary>
internal static unsafe class AngularDistance
{
    /// <summary>Squared norms must stay below this, so that no sum of products overflows.</summary>
    private const double MaxSquaredNorm = float.MaxValue / 16;

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
        double squaredNorm = VectorKernels.DotAndSquaredNorm(row, row, dimensions).SquaredNorm;
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
