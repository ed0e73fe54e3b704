using ArtSimilarity.Indexing;
using ArtSimilarity.TestSupport;
using ArtSimilarity.Testing;
using Xunit;

namespace ArtSimilarity.FastScan.Tests.Building;

/// <summary>That instruction sets change nothing either is held by <see cref="InstructionSetTests"/>.</summary>
public sealed class IndexDeterminismTests
{
    [Fact]
    public void One_two_and_five_threads_write_the_same_file()
    {
        using var folder = new TemporaryFolder();
        byte[] one = Build(folder.File("one"), threads: 1);
        Assert.Equal(one, Build(folder.File("two"), threads: 2));
        Assert.Equal(one, Build(folder.File("five"), threads: 5));
        Assert.Equal(one, Build(folder.File("all"), threads: -1));
    }

    [Fact]
    public void Another_seed_or_stamp_writes_another_file()
    {
        using var folder = new TemporaryFolder();
        byte[] one = Build(folder.File("one"), threads: 2);
        Assert.NotEqual(one, Build(folder.File("two"), threads: 2, seed: 12));
        Assert.NotEqual(one, Build(folder.File("three"), threads: 2, stamp: "other"));
    }

    [Fact]
    public void The_order_of_the_vectors_does_not_matter()
    {
        using var folder = new TemporaryFolder();
        VectorSet vectors = TestVectors.Random(700, 20, seed: 3);
        var reversed = new VectorSet(20);
        for (int row = 699; row >= 0; row--)
        {
            reversed.Add([row], vectors[row]);
        }

        var provider = new FastScanIndexProvider();
        provider.Build(vectors, folder.File("a"), "").Dispose();
        provider.Build(reversed, folder.File("b"), "").Dispose();
        Assert.Equal(File.ReadAllBytes(folder.File("a")), File.ReadAllBytes(folder.File("b")));
    }

    private static byte[] Build(string path, int threads, long seed = 11, string stamp = "stamp")
    {
        // 83 dimensions reach the unrolled part of the kernels, the rest and the padding.
        VectorSet vectors = TestVectors.Random(1500, 83, seed: 1);
        for (int i = 0; i < 200; i++)
        {
            vectors.Add([5000 + i, 7000 + i], [.. vectors[7], .. new float[83]]);
        }

        var provider = new FastScanIndexProvider(new FastScanIndexOptions { LeafSize = 20, Seed = seed, MaxDegreeOfParallelism = threads });
        provider.Build(vectors, path, stamp).Dispose();
        return File.ReadAllBytes(path);
    }
}
