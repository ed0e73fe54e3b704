using ArtSimilarity.Indexing;
using ArtSimilarity.TestSupport;
using ArtSimilarity.Testing;
using Xunit;

namespace ArtSimilarity.FastScan.Tests.Files;

/// <summary>Files are as docs/file-format.md says: a reader written from it alone finds in them what was put in.</summary>
public class IndexFileFormatTests
{
    private const int Max = (1 << 23) - 1;

    /// <summary>Number, dimensions and leaf size: rows in part of a block, one block and several; one width, padded and with two overlapping transforms, and one beyond the longest code.</summary>
    public static TheoryData<int, int, int> Shapes => new()
    {
        { 0, 5, 10 },
        { 1, 1, 10 },
        { 300, 7, 20 },
        { 200, 64, 100 },
        { 400, 83, 150 },
        { 150, 700, 500 },
        { 12, 8200, 5 },
    };

    [Fact]
    public void The_instruction_sets_switched_off_are_off() => InstructionSets.AssertSwitchesWorked();

    [Theory]
    [MemberData(nameof(Shapes))]
    public void The_header_tells_the_options_the_ids_and_the_stamp(int count, int dimensions, int leafSize)
    {
        (IndexFileReader file, VectorSet vectors) = Build(count, dimensions, leafSize);
        Assert.Equal((dimensions, count, leafSize, -3L, "Étude 17"), (file.Dimensions, file.Count, file.LeafSize, file.Seed, file.Stamp));
        Assert.Equal(vectors.Ids.ToArray().Order(), file.Ids);
        Assert.Equal(file.Ids, file.RowsOfIds.Select(row => file.IdsOfRows[row]));
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Leaves_and_blocks_hold_all_rows_in_order(int count, int dimensions, int leafSize)
    {
        (IndexFileReader file, _) = Build(count, dimensions, leafSize);
        int row = 0, block = 0;
        foreach (FileLeaf leaf in file.Leaves)
        {
            Assert.Equal((row, block), (leaf.FirstRow, leaf.FirstBlock));
            Assert.InRange(leaf.Rows, 1, count);
            int[] ids = file.IdsOfRows[row..(row + leaf.Rows)];
            Assert.Equal(ids.Order(), ids);
            row += leaf.Rows;
            block += (leaf.Rows + 63) / 64;
            for (int place = leaf.Rows; place < 64 * (block - leaf.FirstBlock); place++)
            {
                (int[] signs, float offset, float factor) = file.Code(leaf.FirstBlock + (place / 64), place % 64);
                Assert.All(signs, sign => Assert.Equal(-1, sign));
                Assert.Equal((float.NegativeInfinity, 0f), (offset, factor));
            }
        }

        Assert.Equal((count, file.BlockCount), (row, block));
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Every_vector_is_held_to_half_a_step_of_its_largest_number(int count, int dimensions, int leafSize)
    {
        (IndexFileReader file, VectorSet vectors) = Build(count, dimensions, leafSize);
        for (int i = 0; i < count; i++)
        {
            int row = file.RowsOfIds[Array.BinarySearch(file.Ids, vectors.Ids[i])];
            float[] vector = vectors[i].ToArray();
            int[] held = file.Row(row);
            double largest = vector.Max(Math.Abs), squares = held.Sum(v => (double)v * v);
            Assert.All(held[dimensions..], v => Assert.Equal(0, v));
            Assert.Equal(largest == 0 ? 0 : Max, held.Max(Math.Abs));
            Assert.Equal(largest == 0 ? 0 : 1 / Math.Sqrt(squares), file.InverseLength(row), 1e-14 * file.InverseLength(row));
            for (int n = 0; n < dimensions; n++)
            {
                Assert.Equal(vector[n], held[n] * (largest / Max), 0.500001 * largest / Max);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Centroids_are_the_means_of_their_leaves(int count, int dimensions, int leafSize)
    {
        (IndexFileReader file, VectorSet vectors) = Build(count, dimensions, leafSize);
        for (int leaf = 0; leaf < file.LeafCount; leaf++)
        {
            int first = file.Leaves[leaf].FirstRow, rows = file.Leaves[leaf].Rows;
            double[] centroid = file.Centroid(leaf), mean = new double[file.Stride];
            for (int row = first; row < first + rows; row++)
            {
                double[] unit = file.Unit(VectorOf(vectors, file.IdsOfRows[row]));
                mean = [.. mean.Zip(unit, (m, x) => m + (x / rows))];
            }

            Assert.Equal(file.Leaves[leaf].Scale > 0 ? 127 : 0, Math.Round(centroid.Max(Math.Abs) / Math.Max(file.Leaves[leaf].Scale, float.Epsilon)));

            // Half a step of 8 bits, and what summing in single precision leaves.
            for (int i = 0; i < file.Stride; i++)
            {
                Assert.Equal(mean[i], centroid[i], (0.5 * file.Leaves[leaf].Scale) + 1e-6);
            }

            double halfSquare = IndexFileReader.Dot(centroid, centroid) / 2;
            Assert.Equal(halfSquare, file.Leaves[leaf].HalfSquaredNorm, 1e-6 * halfSquare);
        }
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Codes_offsets_and_factors_are_those_of_the_rotated_difference_to_the_centroid(int count, int dimensions, int leafSize)
    {
        (IndexFileReader file, VectorSet vectors) = Build(count, dimensions, leafSize);
        double[] query = file.Unit(TestVectors.Random(1, dimensions, seed: 55)[0]), rotatedQuery = file.Rotate(query);
        for (int leaf = 0; leaf < file.LeafCount; leaf++)
        {
            double[] centroid = file.Centroid(leaf), rotatedCentroid = file.Rotate(centroid);
            for (int row = file.Leaves[leaf].FirstRow; row < file.Leaves[leaf].FirstRow + file.Leaves[leaf].Rows; row++)
            {
                double[] unit = file.Unit(VectorOf(vectors, file.IdsOfRows[row]));
                double[] difference = [.. unit.Zip(centroid, (x, c) => x - c)];
                double[] rotated = file.Rotate(difference);
                int inLeaf = row - file.Leaves[leaf].FirstRow;
                (int[] signs, float offset, float factor) = file.Code(file.Leaves[leaf].FirstBlock + (inLeaf / 64), inLeaf % 64);
                for (int i = 0; i < file.CodeBits; i++)
                {
                    // A number that rounding may carry to the other side of zero may have either sign.
                    Assert.True(Math.Abs(rotated[i]) < 1e-5 || signs[i] == Math.Sign(rotated[i]), $"bit {i} of row {row}");
                }

                double absolute = rotated[..file.CodeBits].Sum(Math.Abs);
                double expectedFactor = IndexFileReader.Dot(difference, difference) / absolute;
                double expectedOffset = IndexFileReader.Dot(difference, centroid) - (expectedFactor * SignedSum(signs, rotatedCentroid));
                double estimate = IndexFileReader.Dot(centroid, query) + expectedOffset + (expectedFactor * SignedSum(signs, rotatedQuery));
                if (absolute > 1e-3)
                {
                    Assert.Equal(expectedFactor, factor, 1e-6 + (1e-5 * expectedFactor));
                    Assert.Equal(expectedOffset, offset, 1e-5);
                    Assert.Equal(estimate, file.Estimate(row, query, rotatedQuery), 1e-5);
                }
                else
                {
                    // One vector alone in its leaf, or many alike: the estimate is the truth but for the centroid's rounding.
                    Assert.Equal(IndexFileReader.Dot(unit, query), file.Estimate(row, query, rotatedQuery), 1e-3);
                }
            }
        }
    }

    private static double SignedSum(int[] signs, double[] numbers) => signs.Select((sign, i) => sign * numbers[i]).Sum();

    private static float[] VectorOf(VectorSet vectors, int id) => vectors[vectors.Ids.IndexOf(id)].ToArray();

    private static (IndexFileReader File, VectorSet Vectors) Build(int count, int dimensions, int leafSize)
    {
        // Ids come out of order and with holes; some vectors are equal, some zero, some very long or short.
        VectorSet random = TestVectors.Random(count, dimensions, seed: (ulong)(count + dimensions));
        var vectors = new VectorSet(dimensions);
        for (int i = count - 1; i >= 0; i--)
        {
            float[] vector = random[i % 11 == 7 ? 0 : i].ToArray();
            float scale = (i % 13) switch { 5 => 0, 8 => 1e15f, 9 => 1e-30f, _ => 1 };
            vectors.Add([(3 * i) + (i % 2)], [.. vector.Select(x => x * scale)]);
        }

        using var folder = new TemporaryFolder();
        string path = folder.File("index.fastscan");
        new FastScanIndexProvider(new FastScanIndexOptions { LeafSize = leafSize, Seed = -3 }).Build(vectors, path, "Étude 17").Dispose();
        return (new IndexFileReader(File.ReadAllBytes(path)), vectors);
    }
}
