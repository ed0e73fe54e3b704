using System.Numerics.Tensors;
using ArtSimilarity.Features;

namespace ArtSimilarity.Explaining;

/// <summary>
/// The cosine similarity of two images as a sum over pairs of positions, one in each image, and a share of the layers' biases.
/// </summary>
/// <remarks>
/// <para>
/// With a = Σ aᵢ + α and b = Σ bⱼ + β before normalisation, the similarity is a·b / (‖a‖ ‖b‖). The pair (i, j) adds aᵢ·bⱼ / (‖a‖ ‖b‖);
/// all products with α or β are the bias share. It is exact for models that end in average pooling and linear layers (Stylianou et al.,
/// "Visualizing deep similarity networks", 2019).
/// </para>
/// <para>Does not change once created, so it may be read from several threads.</para>
/// </remarks>
public sealed class SimilarityExplanation
{
    private readonly SignatureDecomposition _a;
    private readonly SignatureDecomposition _b;
    private readonly double _scale;

    private SimilarityExplanation(SignatureDecomposition a, SignatureDecomposition b)
    {
        _a = a;
        _b = b;
        double[] sumA = a.Sum();
        double[] sumB = b.Sum();
        double[] positionsA = a.PositionSum();
        double[] positionsB = b.PositionSum();
        _scale = a.Norm > 0 && b.Norm > 0 ? 1 / (a.Norm * b.Norm) : 0;
        Similarity = TensorPrimitives.Dot<double>(sumA, sumB) * _scale;
        BiasShare = Similarity - (TensorPrimitives.Dot<double>(positionsA, positionsB) * _scale);
        PartsOfA = [.. a.Maps.Select(map => Parts(map, positionsB))];
        PartsOfB = [.. b.Maps.Select(map => Parts(map, positionsA))];
        HeatOfA = ContributionMap.Sum(PartsOfA);
        HeatOfB = ContributionMap.Sum(PartsOfB);
    }

    /// <summary>The cosine of the two signatures, −1 to 1; 0 where a signature is zero.</summary>
    public double Similarity { get; }

    /// <summary>The part of <see cref="Similarity"/> that no pair of positions has.</summary>
    public double BiasShare { get; }

    /// <summary>What each position of the first image adds, over all positions of the second: with <see cref="BiasShare"/> they sum to <see cref="Similarity"/>.</summary>
    public IReadOnlyList<ContributionMap> PartsOfA { get; }

    /// <summary>What each position of the second image adds, over all positions of the first: with <see cref="BiasShare"/> they sum to <see cref="Similarity"/>.</summary>
    public IReadOnlyList<ContributionMap> PartsOfB { get; }

    /// <summary><see cref="PartsOfA"/> in one map, on the finest of their grids.</summary>
    public ContributionMap HeatOfA { get; }

    /// <summary><see cref="PartsOfB"/> in one map, on the finest of their grids.</summary>
    public ContributionMap HeatOfB { get; }

    /// <summary>Explains the similarity of two signatures.</summary>
    /// <param name="a">The parts of the first image's signature.</param>
    /// <param name="b">The parts of the second image's signature.</param>
    /// <returns>The explanation.</returns>
    /// <exception cref="FeatureSpaceMismatchException">The signatures are of different spaces.</exception>
    public static SimilarityExplanation Explain(SignatureDecomposition a, SignatureDecomposition b)
    {
        ArgumentNullException.ThrowIfNull(a);
        ArgumentNullException.ThrowIfNull(b);
        return a.Space == b.Space
            ? new SimilarityExplanation(a, b)
            : throw new FeatureSpaceMismatchException($"The first image is decomposed in {a.Space}, the second in {b.Space}.");
    }

    /// <summary>
    /// The contributions of all pairs of positions. Positions count row by row, those of a second map behind those of the first.
    /// </summary>
    /// <returns>A row for each position of the first image, a column for each of the second. With <see cref="BiasShare"/> they sum to <see cref="Similarity"/>.</returns>
    public double[,] PairContributions()
    {
        double[,] pairs = new double[_a.Maps.Sum(map => map.Positions), _b.Maps.Sum(map => map.Positions)];
        int row = 0;
        foreach (FeatureMap mapA in _a.Maps)
        {
            for (int i = 0; i < mapA.Positions; i++, row++)
            {
                int column = 0;
                foreach (FeatureMap mapB in _b.Maps)
                {
                    for (int j = 0; j < mapB.Positions; j++, column++)
                    {
                        pairs[row, column] = TensorPrimitives.Dot(mapA.At(i), mapB.At(j)) * _scale;
                    }
                }
            }
        }

        return pairs;
    }

    /// <summary>The places in the second image that correspond best to a point of the first.</summary>
    /// <param name="x">From the left edge of the first image, in fractions of its width, 0 to 1.</param>
    /// <param name="y">From the top edge of the first image, in fractions of its height, 0 to 1.</param>
    /// <param name="count">How many places at most, at least 1.</param>
    /// <returns>
    /// The places, the highest cosine first. Fewer than <paramref name="count"/> where the second image has fewer positions with a part in
    /// its signature; none where the point has no part in the first. Where models pool several maps, the first map is compared.
    /// </returns>
    /// <exception cref="ArgumentOutOfRangeException">The point is outside the image, or <paramref name="count"/> is below 1.</exception>
    public IReadOnlyList<Correspondence> CorrespondencesOf(double x, double y, int count = 5)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        FeatureMap mapA = _a.Maps[0];
        FeatureMap mapB = _b.Maps[0];
        ReadOnlySpan<float> point = mapA.At(mapA.PositionAt(x, y));
        double norm = TensorPrimitives.Norm(point);
        var places = new List<Correspondence>();
        for (int position = 0; norm > 0 && position < mapB.Positions; position++)
        {
            ReadOnlySpan<float> place = mapB.At(position);
            double other = TensorPrimitives.Norm(place);
            if (other > 0)
            {
                double product = TensorPrimitives.Dot(point, place);
                places.Add(new Correspondence(mapB.CellOf(position), product / (norm * other), product * _scale));
            }
        }

        return [.. places.OrderByDescending(place => place.Cosine).Take(count)];
    }

    private ContributionMap Parts(FeatureMap map, double[] other)
    {
        double[] parts = new double[map.Positions];
        for (int position = 0; position < parts.Length; position++)
        {
            ReadOnlySpan<float> vector = map.At(position);
            double sum = 0;
            for (int i = 0; i < vector.Length; i++)
            {
                sum += vector[i] * other[i];
            }

            parts[position] = sum * _scale;
        }

        return new ContributionMap(map.Width, map.Height, parts);
    }
}
