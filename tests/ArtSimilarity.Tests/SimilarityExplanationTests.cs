using ArtSimilarity.Explaining;
using ArtSimilarity.Features;
using ArtSimilarity.Imaging;
using Xunit;

namespace ArtSimilarity.Tests;

/// <summary>Feature maps, decompositions and explanations of numbers that are known.</summary>
public class SimilarityExplanationTests
{
    private static readonly FeatureSpace Space = new("tiny", "none", 2);

    [Fact]
    public void A_map_tells_its_positions_cells_and_averages()
    {
        var map = new FeatureMap(2, 3, 1, [1, 2, 3, 4, 5, 6]);
        Assert.Equal(6, map.Positions);
        Assert.Equal([4f], map.At(3).ToArray());
        Assert.Equal(3, map.PositionAt(0.5, 0.5));
        Assert.Equal(5, map.PositionAt(1, 1));
        Assert.Equal(new ImageRegion(0.5, 1.0 / 3, 0.5, 1.0 / 3), map.CellOf(3));
        float[] average = new float[1];
        map.Average(new ImageRegion(0, 0, 1, 1), average);
        Assert.Equal(3.5, average[0], 1e-6);
        map.Average(new ImageRegion(0.25, 0, 0.75, 1.0 / 3), average); // a third of the first cell's size, two thirds of the second's
        Assert.Equal((1 + (2 * 2)) / 3.0, average[0], 1e-6);
        Assert.Equal(1, map.WeightsOf(new ImageRegion(0.1, 0.2, 0.3, 0.4)).Sum(), 1e-6);
    }

    [Fact]
    public void Wrong_sizes_and_places_are_refused()
    {
        Assert.Throws<ArgumentException>(() => new FeatureMap(2, 2, 1, [1, 2, 3]));
        Assert.Throws<ArgumentOutOfRangeException>(() => new FeatureMap(0, 2, 1, []));
        var map = new FeatureMap(1, 1, 2, [1, 2]);
        Assert.Throws<ArgumentOutOfRangeException>(() => map.At(1));
        Assert.Throws<ArgumentOutOfRangeException>(() => map.PositionAt(double.NaN, 0));
        Assert.Throws<ArgumentException>(() => map.Average(new ImageRegion(0, 0, 1, 1), new float[1]));
        Assert.Throws<ArgumentException>(() => new SignatureDecomposition(Space, [], new float[2]));
        Assert.Throws<ArgumentException>(() => new SignatureDecomposition(Space, [map], new float[1]));
        var one = new SignatureDecomposition(Space, [map], new float[2]);
        var other = new SignatureDecomposition(new FeatureSpace("other", "none", 2), [map], new float[2]);
        Assert.Contains("other (none, 2-d)", Assert.Throws<FeatureSpaceMismatchException>(() => SimilarityExplanation.Explain(one, other)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => SimilarityExplanation.Explain(one, one).CorrespondencesOf(0, 0, 0));
    }

    [Fact]
    public void Pairs_parts_and_the_share_of_the_biases_are_those_of_the_formula()
    {
        // a = (1, 0) + (1, 2) + (1, 2) = (3, 4); b = (0, 3) + (4, 0) + (0, 1) = (4, 4)
        var a = new SignatureDecomposition(Space, [new FeatureMap(2, 1, 2, [1, 0, 1, 2])], [1, 2]);
        var b = new SignatureDecomposition(Space, [new FeatureMap(1, 2, 2, [0, 3, 4, 0])], [0, 1]);
        Assert.Equal(5, a.Norm, 1e-6);
        var explanation = SimilarityExplanation.Explain(a, b);
        double norm = 5 * Math.Sqrt(32);
        Assert.Equal(28 / norm, explanation.Similarity, 1e-9);
        AssertNear([0, 4 / norm, 6 / norm, 4 / norm], [.. explanation.PairContributions().Cast<double>()]);
        AssertNear([4 / norm, 10 / norm], explanation.PartsOfA[0].Values);
        AssertNear([6 / norm, 8 / norm], explanation.PartsOfB[0].Values);
        Assert.Equal((28 - 14) / norm, explanation.BiasShare, 1e-9);

        Correspondence best = explanation.CorrespondencesOf(0.9, 0.5)[0];
        Assert.Equal(new ImageRegion(0, 0, 1, 0.5), best.Cell); // (1, 2) is nearer to (0, 3) than to (4, 0)
        Assert.Equal(2 / Math.Sqrt(5), best.Cosine, 1e-6);
        Assert.Equal(6 / norm, best.Contribution, 1e-9);
    }

    [Fact]
    public void Maps_of_several_grids_are_summed_on_the_finest()
    {
        FeatureMap fine = new(2, 2, 2, [1, 0, 0, 0, 0, 0, 0, 2]);
        FeatureMap coarse = new(1, 1, 2, [4, 0]);
        var parts = new SignatureDecomposition(Space, [coarse, fine], new float[2]);
        var explanation = SimilarityExplanation.Explain(parts, parts);
        Assert.Equal((2, 2), (explanation.HeatOfA.Width, explanation.HeatOfA.Height));
        Assert.Equal(1, explanation.HeatOfA.Values.Sum(), 1e-6);
        double coarseShare = 4 * 5 / 29.0 / 4;
        Assert.Equal((1 * 5 / 29.0) + coarseShare, explanation.HeatOfA.Values[0], 1e-6);
        Assert.Equal(coarseShare, explanation.HeatOfA.Values[1], 1e-6);
    }

    [Fact]
    public void A_signature_of_zeros_is_like_nothing()
    {
        var zero = new SignatureDecomposition(Space, [new FeatureMap(1, 1, 2, [0, 0])], new float[2]);
        var some = new SignatureDecomposition(Space, [new FeatureMap(1, 1, 2, [1, 0])], new float[2]);
        var explanation = SimilarityExplanation.Explain(zero, some);
        Assert.Equal(0, explanation.Similarity);
        Assert.Equal(0, explanation.BiasShare);
        Assert.Empty(explanation.CorrespondencesOf(0.5, 0.5));
    }

    private static void AssertNear(double[] expected, IReadOnlyList<double> actual)
    {
        Assert.Equal(expected.Length, actual.Count);
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.Equal(expected[i], actual[i], 1e-9);
        }
    }
}
