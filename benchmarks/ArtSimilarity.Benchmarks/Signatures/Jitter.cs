using System.Numerics.Tensors;

namespace ArtSimilarity.Benchmarks.Signatures;

/// <summary>
/// Copies of signatures that lie beside them as other photographs of a painting might: Gaussian noise of an eighth to three eighths
/// of the signature's length, no number below 0 (signatures are means of rectified values), of norm 1.
/// </summary>
internal sealed class Jitter(float[] rows, int dimensions)
{
    private const int Seed = 7;
    private const double Noise = 0.25;

    private readonly Random _random = new(Seed);
    private readonly float[] _copy = new float[dimensions];
    private int _next;

    /// <summary>A copy of the next row; after the last one, of the first again. Overwritten by the next call.</summary>
    public ReadOnlySpan<float> Next()
    {
        ReadOnlySpan<float> row = rows.AsSpan(_next * dimensions, dimensions);
        _next = (_next + 1) % (rows.Length / dimensions);
        double sigma = Noise * (0.5 + _random.NextDouble()) * TensorPrimitives.Norm(row) / Math.Sqrt(dimensions);
        for (int i = 0; i < dimensions; i++)
        {
            _copy[i] = MathF.Max(0, (float)(row[i] + (sigma * NextGaussian())));
        }

        TensorPrimitives.Divide(_copy, TensorPrimitives.Norm(_copy), _copy);
        return _copy;
    }

    /// <summary>The polar form's simpler sibling (Box and Muller 1958), one of its two numbers.</summary>
    private double NextGaussian() => Math.Sqrt(-2 * Math.Log(1 - _random.NextDouble())) * Math.Cos(2 * Math.PI * _random.NextDouble());
}
