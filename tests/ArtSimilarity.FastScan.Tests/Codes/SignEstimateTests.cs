using ArtSimilarity.FastScan.Tests.Files;
using ArtSimilarity.Indexing;
using ArtSimilarity.TestSupport;
using ArtSimilarity.Testing;
using Xunit;

namespace ArtSimilarity.FastScan.Tests.Codes;

/// <summary>
/// What a sign code tells of a dot product, computed from files by <see cref="IndexFileReader"/>. The reference is RaBitQ (Gao
/// and Long 2024): unbiased over rotations, with the standard error √(π/2 − 1) · |x − c| · |q − c| ÷ √bits of a direction
/// that is random against the other.
/// </summary>
public class SignEstimateTests
{
    private static readonly double ExpectedError = Math.Sqrt((Math.PI / 2) - 1);

    [Theory]
    [InlineData(64)]
    [InlineData(192)]
    [InlineData(512)]
    [InlineData(1500)]
    public void The_error_shrinks_as_the_root_of_the_bits(int dimensions)
    {
        (_, double deviation) = NormalizedErrors(dimensions, seeds: 6, vectors: 100, nearness: 0);
        Assert.InRange(deviation / ExpectedError, 0.85, 1.15);
    }

    [Theory]
    [InlineData(64)]
    [InlineData(320)]
    public void The_estimate_is_unbiased_over_rotations(int dimensions)
    {
        // The same few vectors under many rotations, and queries on their side of the centroid, of which an estimate that is
        // too short or too long would show: the mean error is within four of its standard errors.
        const int seeds = 60, vectors = 10;
        (double mean, double deviation) = NormalizedErrors(dimensions, seeds, vectors, nearness: 1);
        Assert.InRange(deviation, 0.2 * ExpectedError, ExpectedError);
        Assert.InRange(Math.Abs(mean), 0, 4 * deviation / Math.Sqrt(seeds * vectors));
    }

    /// <summary>Mean and deviation of (estimate − truth) · √bits ÷ (|x − c| · |q − c|) over rotations.</summary>
    /// <param name="dimensions">The length of the vectors.</param>
    /// <param name="seeds">How many rotations.</param>
    /// <param name="vectors">How many vectors, each with a query.</param>
    /// <param name="nearness">How much of a query is its vector, against a random one.</param>
    private static (double Mean, double Deviation) NormalizedErrors(int dimensions, int seeds, int vectors, float nearness)
    {
        using var folder = new TemporaryFolder();
        VectorSet set = TestVectors.Random(vectors, dimensions, seed: 3);
        VectorSet queries = TestVectors.Random(vectors, dimensions, seed: 4);
        var errors = new List<double>();
        for (int seed = 0; seed < seeds; seed++)
        {
            string path = folder.File($"{seed}.fastscan");
            new FastScanIndexProvider(new FastScanIndexOptions { LeafSize = vectors, Seed = seed }).Build(set, path).Dispose();
            var file = new IndexFileReader(File.ReadAllBytes(path));
            for (int row = 0; row < vectors; row++)
            {
                double[] x = file.Unit(set[file.IdsOfRows[row]]), c = file.Centroid(file.LeafOf(row));
                double[] q = file.Unit([.. set[file.IdsOfRows[row]].ToArray().Zip(queries[row].ToArray(), (near, random) => (nearness * near) + random)]);
                double error = file.Estimate(row, q, file.Rotate(q)) - IndexFileReader.Dot(x, q);
                errors.Add(error * Math.Sqrt(file.CodeBits) / (Distance(x, c) * Distance(q, c)));
            }
        }

        double mean = errors.Average();
        return (mean, Math.Sqrt(errors.Average(error => (error - mean) * (error - mean))));
    }

    private static double Distance(double[] x, double[] y) => Math.Sqrt(x.Zip(y, (a, b) => (a - b) * (a - b)).Sum());
}
