using ArtSimilarity.ByteCodes;
using ArtSimilarity.FastScan.Building;
using ArtSimilarity.FastScan.Codes;
using ArtSimilarity.Indexing;
using ArtSimilarity.SignCodes;
using ArtSimilarity.TestSupport;
using Xunit;

namespace ArtSimilarity.FastScan.Tests.Building;

public unsafe class LeafTreeTests
{
    [Fact]
    public void The_instruction_sets_switched_off_are_off() => InstructionSets.AssertSwitchesWorked();

    [Theory]
    [InlineData(1, 10)]
    [InlineData(5, 1)]
    [InlineData(700, 1)]
    [InlineData(700, 7)]
    [InlineData(2000, 40)]
    [InlineData(2000, 1999)]
    [InlineData(2000, 2000)]
    [InlineData(2000, 5000)]
    public void Every_vector_gets_a_leaf_of_about_as_many_as_asked_for(int count, int leafSize)
    {
        (int leafCount, int[] leaves) = Divide(TestVectors.Random(count, 13, seed: 4), leafSize);
        Assert.All(leaves, leaf => Assert.InRange(leaf, 0, leafCount - 1));
        double wanted = Math.Ceiling((double)count / leafSize);
        Assert.InRange(leafCount, Math.Min(wanted, count) / 2, 2 * wanted);
        Assert.InRange(leaves.Distinct().Count(), leafCount / 2, leafCount);
    }

    [Fact]
    public void Vectors_of_a_leaf_lie_nearer_to_one_another_than_to_the_others()
    {
        VectorSet vectors = TestVectors.Clustered(1200, 24, clusters: 20, seed: 8);
        (int leafCount, int[] leaves) = Divide(vectors, leafSize: 30);
        Assert.InRange(leafCount, 20, 80);

        // Clusters lie far apart, so a leaf of half a cluster's size almost never spans two of them.
        int together = leaves.Select((leaf, row) => (leaf, row % 20)).GroupBy(pair => pair.leaf).Sum(leaf => leaf.GroupBy(pair => pair.Item2).Max(c => c.Count()));
        Assert.InRange(together, 0.95 * leaves.Length, leaves.Length);
    }

    [Fact]
    public void Equal_vectors_share_a_leaf()
    {
        VectorSet random = TestVectors.Random(50, 9, seed: 4);
        var vectors = new VectorSet(9);
        for (int id = 0; id < 2000; id++)
        {
            vectors.Add([id], random[id % 50]);
        }

        (_, int[] leaves) = Divide(vectors, leafSize: 8);
        Assert.All(Enumerable.Range(0, 2000), row => Assert.Equal(leaves[row % 50], leaves[row]));
        Assert.InRange(leaves.Distinct().Count(), 25, 50);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0.7f)]
    public void Vectors_that_are_all_alike_make_one_leaf(float number)
    {
        var vectors = new VectorSet(5);
        vectors.Add([.. Enumerable.Range(0, 500)], [.. Enumerable.Repeat(number, 2500)]);
        (int leafCount, int[] leaves) = Divide(vectors, leafSize: 3);
        Assert.Equal(1, leafCount);
        Assert.All(leaves, leaf => Assert.Equal(0, leaf));
    }

    [Fact]
    public void No_vectors_make_one_empty_leaf()
    {
        (int leafCount, int[] leaves) = Divide(new VectorSet(5), leafSize: 3);
        Assert.Equal((1, 0), (leafCount, leaves.Length));
    }

    [Fact]
    public void Threads_change_nothing_and_the_seed_does()
    {
        VectorSet vectors = TestVectors.Random(3000, 150, seed: 4);
        (int leafCount, int[] leaves) = Divide(vectors, leafSize: 12, threads: 1);
        foreach (int threads in new[] { 2, 5, -1 })
        {
            (int count, int[] same) = Divide(vectors, leafSize: 12, threads);
            Assert.Equal(leafCount, count);
            Assert.Equal(leaves, same);
        }

        Assert.NotEqual(leaves, Divide(vectors, leafSize: 12, seed: 2).Leaves);
    }

    [Fact]
    public void Training_can_be_cancelled()
    {
        using var source = new CancellationTokenSource();
        source.Cancel();
        var rows = new SourceRows(TestVectors.Random(300, 5, seed: 4));
        var parallel = new ParallelOptions { CancellationToken = source.Token };
        Assert.ThrowsAny<OperationCanceledException>(() => LeafTree.Train(rows, 64, 5, new RandomSource(1, stream: 0), parallel));
    }

    private static (int LeafCount, int[] Leaves) Divide(VectorSet vectors, int leafSize, int threads = 2, long seed = 1)
    {
        var rows = new SourceRows(vectors);
        int stride = ByteRows.StrideOf(vectors.Dimensions);
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = TestContext.Current.CancellationToken };
        LeafTree tree = LeafTree.Train(rows, stride, leafSize, new RandomSource(seed, stream: 0), parallel);
        int[] leaves = new int[vectors.Count];
        fixed (float* unit = new float[stride])
        {
            for (int row = 0; row < leaves.Length; row++)
            {
                rows.CopyUnit(row, unit, stride);
                leaves[row] = tree.LeafOf(unit);
            }
        }

        return (tree.LeafCount, leaves);
    }
}
