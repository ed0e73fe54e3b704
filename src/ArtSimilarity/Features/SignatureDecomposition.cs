using System.Numerics.Tensors;

namespace ArtSimilarity.Features;

/// <summary>
/// A signature as a sum: the vectors at all positions of all <see cref="Maps"/> and <see cref="Bias"/> sum to the signature before it is
/// scaled to norm 1, and <see cref="Norm"/> is the norm of that sum.
/// </summary>
/// <remarks>Does not change once created, so it may be read from several threads.</remarks>
public sealed class SignatureDecomposition
{
    private readonly float[] _bias;

    /// <summary>Creates a decomposition.</summary>
    /// <param name="space">The space of the signature.</param>
    /// <param name="maps">The parts of the positions; their vectors are as long as a signature. At least one map. Copied.</param>
    /// <param name="bias">The part that no position has. Copied.</param>
    /// <exception cref="ArgumentException">There is no map, or a length is not that of a signature.</exception>
    public SignatureDecomposition(FeatureSpace space, IReadOnlyList<FeatureMap> maps, ReadOnlySpan<float> bias)
    {
        ArgumentNullException.ThrowIfNull(space);
        ArgumentNullException.ThrowIfNull(maps);
        if (maps.Count == 0 || maps.Any(map => map.Dimensions != space.Dimensions) || bias.Length != space.Dimensions)
        {
            throw new ArgumentException($"A decomposition has at least one map, and its vectors have {space.Dimensions} numbers, as a signature of {space}.", nameof(maps));
        }

        Space = space;
        Maps = [.. maps];
        _bias = bias.ToArray();
        Norm = Math.Sqrt(Sum().Sum(value => value * value));
    }

    /// <summary>The space of the signature.</summary>
    public FeatureSpace Space { get; }

    /// <summary>The parts of the positions: one map, or several where the model pools several. Their vectors are as long as a signature.</summary>
    public IReadOnlyList<FeatureMap> Maps { get; }

    /// <summary>The part that no position has: what the layers behind the pooling add by themselves.</summary>
    public ReadOnlyMemory<float> Bias => _bias;

    /// <summary>The norm of the signature before it is scaled to 1.</summary>
    public double Norm { get; }

    /// <summary>Adds up all parts.</summary>
    /// <returns>The signature before it is scaled to norm 1.</returns>
    public double[] Sum()
    {
        double[] sum = PositionSum();
        for (int i = 0; i < sum.Length; i++)
        {
            sum[i] += _bias[i];
        }

        return sum;
    }

    /// <summary>The sum over the positions, without the bias.</summary>
    internal double[] PositionSum()
    {
        double[] sum = new double[Space.Dimensions];
        double[] part = new double[Space.Dimensions];
        foreach (FeatureMap map in Maps)
        {
            for (int position = 0; position < map.Positions; position++)
            {
                TensorPrimitives.ConvertTruncating<float, double>(map.At(position), part);
                TensorPrimitives.Add(sum, part, sum);
            }
        }

        return sum;
    }
}
