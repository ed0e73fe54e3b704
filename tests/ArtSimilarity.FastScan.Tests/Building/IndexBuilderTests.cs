using ArtSimilarity.FastScan.Tests.Files;
using ArtSimilarity.Indexing;
using ArtSimilarity.Metrics;
using ArtSimilarity.TestSupport;
using ArtSimilarity.Testing;
using Xunit;

namespace ArtSimilarity.FastScan.Tests.Building;

/// <summary>Builds of unusual sets. What the parts of a file hold is told by <see cref="IndexFileFormatTests"/>.</summary>
public class IndexBuilderTests
{
    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 1)]
    [InlineData(63, 1)]
    [InlineData(64, 1)]
    [InlineData(65, 2)]
    [InlineData(128, 2)]
    [InlineData(129, 3)]
    public void One_leaf_has_a_block_for_every_64_vectors(int count, int blocks)
    {
        VectorSet vectors = TestVectors.Random(count, 9, seed: 2);
        IndexFileReader file = BuildFile(vectors, new FastScanIndexOptions { LeafSize = 1000 });
        Assert.Equal((Math.Min(count, 1), blocks), (file.LeafCount, file.BlockCount));
        AssertFindsAll(vectors, leafSize: 1000);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(50)]
    public void Leaves_hold_as_many_as_asked_for_on_average(int leafSize)
    {
        IndexFileReader file = BuildFile(TestVectors.Random(3000, 17, seed: 2), new FastScanIndexOptions { LeafSize = leafSize });
        Assert.InRange(3000.0 / file.LeafCount, 0.7 * leafSize, 1.4 * leafSize);
        Assert.Equal(leafSize, file.LeafSize);
    }

    [Fact]
    public void By_default_there_are_about_as_many_leaves_as_vectors_in_a_leaf()
    {
        IndexFileReader file = BuildFile(TestVectors.Random(40_000, 3, seed: 2), new FastScanIndexOptions());
        Assert.Equal(200, file.LeafSize);
        Assert.InRange(file.LeafCount, 100, 400);

        // Codes are read 64 at a time, so small sets have leaves of some size all the same.
        Assert.InRange(BuildFile(TestVectors.Random(500, 3, seed: 2), new FastScanIndexOptions()).LeafSize, 64, 256);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(64)]
    [InlineData(500)]
    public void Vectors_that_are_all_zero_are_all_found(int count)
    {
        var vectors = new VectorSet(6);
        vectors.Add([.. Enumerable.Range(0, count)], new float[6 * count]);
        AssertFindsAll(vectors, leafSize: 10);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(65)]
    [InlineData(700)]
    public void Vectors_that_are_all_alike_are_all_found(int count)
    {
        var vectors = new VectorSet(6);
        vectors.Add([.. Enumerable.Range(0, count)], [.. Enumerable.Range(0, 6 * count).Select(i => (i % 6) - 2.3f)]);
        AssertFindsAll(vectors, leafSize: 10);
    }

    [Fact]
    public void Of_one_dimension_only_the_sign_counts()
    {
        var vectors = new VectorSet(1);
        vectors.Add([.. Enumerable.Range(0, 600)], [.. Enumerable.Range(0, 600).Select(i => (i % 3) - 1f)]);
        using FastScanIndex index = new FastScanIndexProvider(new FastScanIndexOptions { LeafSize = 10 }).Build(vectors);
        var results = new Neighbor[600];
        Assert.Equal(600, index.Search([0.001f], results));
        Assert.Equal(Enumerable.Range(0, 200).Select(i => (3 * i) + 2), results[..200].Select(n => n.Id));
        Assert.Equal(Enumerable.Range(0, 200).Select(i => (3 * i) + 1), results[200..400].Select(n => n.Id));
        Assert.Equal(Enumerable.Range(0, 200).Select(i => 3 * i), results[400..].Select(n => n.Id));
        Assert.All(results, n => Assert.Equal((n.Id % 3) switch { 2 => 0, 1 => Math.Sqrt(2), _ => 2 }, n.Distance, 1e-6));
    }

    [Fact]
    public void More_dimensions_than_the_longest_code_has_bits_are_searched_too()
    {
        const int dimensions = 8300;
        VectorSet vectors = TestVectors.Clustered(300, dimensions, clusters: 30, seed: 2);
        using FastScanIndex index = new FastScanIndexProvider(new FastScanIndexOptions { LeafSize = 5 }).Build(vectors);
        var results = new Neighbor[10];
        var exact = new Neighbor[10];
        int found = 0;
        for (int q = 0; q < 30; q++)
        {
            Assert.Equal(10, index.Search(vectors[q], results, null, new FastScanSearchSettings(150, 30)));
            Assert.Equal(10, index.Search(vectors[q], exact, null, FastScanSearchSettings.Exact));
            Assert.Equal(q, results[0].Id);
            found += results.Intersect(exact).Count();
        }

        Assert.InRange(found, 270, 300);
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 2)]
    [InlineData(700, 1)]
    [InlineData(3000, 2)]
    [InlineData(3000, 5)]
    public void Progress_grows_from_0_to_1(int count, int threads)
    {
        // A slow listener, so that threads that report at once meet.
        var progress = new RecordingProgress { Delay = TimeSpan.FromMilliseconds(2) };
        var provider = new FastScanIndexProvider(new FastScanIndexOptions { LeafSize = 5, MaxDegreeOfParallelism = threads });
        provider.Build(TestVectors.Random(count, 30, seed: 1), SimilarityMetrics.Angular, null, "", progress, TestContext.Current.CancellationToken).Dispose();
        double[] values = progress.Values;
        Assert.All(values, value => Assert.InRange(value, 0, 1));
        Assert.Equal(values.Order(), values);
        Assert.False(progress.Overlapped);
        Assert.Equal(1, values[^1]);
        Assert.Single(values, 1.0);
        if (count == 3000)
        {
            Assert.InRange(values.Zip(values.Skip(1), (a, b) => b - a).Max(), 0, 0.2);
        }
    }

    [Theory]
    [InlineData(0.05)]
    [InlineData(0.2)]
    [InlineData(0.45)]
    [InlineData(0.52)]
    [InlineData(0.9)]
    public void A_build_can_be_cancelled_at_every_stage_and_leaves_no_file(double share)
    {
        using var folder = new TemporaryFolder();
        using var source = new CancellationTokenSource();
        var progress = new RecordingProgress { CancelledFrom = share, Source = source };
        var provider = new FastScanIndexProvider(new FastScanIndexOptions { LeafSize = 5 });
        Assert.ThrowsAny<OperationCanceledException>(() =>
            provider.Build(TestVectors.Random(3000, 30, seed: 1), SimilarityMetrics.Angular, folder.File("never.fastscan"), "", progress, source.Token));
        Assert.Empty(folder.Names());
        Assert.DoesNotContain(1.0, progress.Values);
    }

    [Fact]
    public void A_stamp_that_is_too_long_is_refused()
    {
        var provider = new FastScanIndexProvider();
        var error = Assert.Throws<ArgumentException>(() => provider.Build(TestVectors.Random(3, 2, seed: 1), null, new string('x', (1 << 24) + 1)));
        Assert.Contains("16777217", error.Message, StringComparison.Ordinal);
    }

    private static IndexFileReader BuildFile(VectorSet vectors, FastScanIndexOptions options)
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("index.fastscan");
        new FastScanIndexProvider(options).Build(vectors, path).Dispose();
        return new IndexFileReader(File.ReadAllBytes(path));
    }

    /// <summary>Every vector comes back, whether compared with all or found in leaves, with few settings and by filters.</summary>
    private static void AssertFindsAll(VectorSet vectors, int leafSize)
    {
        using FastScanIndex index = new FastScanIndexProvider(new FastScanIndexOptions { LeafSize = leafSize }).Build(vectors);
        var results = new Neighbor[vectors.Count + 5];
        foreach (FastScanSearchSettings settings in new[] { FastScanSearchSettings.Exact, new(1, 1) })
        {
            Assert.Equal(vectors.Count, index.Search(new float[vectors.Dimensions], results, null, settings));
            Assert.Equal(Enumerable.Range(0, vectors.Count), results[..vectors.Count].Select(n => n.Id).Order());
            for (int k = 1; k <= vectors.Count; k += 1 + (vectors.Count / 7))
            {
                float[] query = [.. Enumerable.Range(0, vectors.Dimensions).Select(i => i + 0.5f)];
                Assert.Equal(k, index.Search(query, results.AsSpan(0, k), null, settings));
                Assert.Equal(k, results[..k].Select(n => n.Id).Distinct().Count());
                Assert.Equal(k, index.Search(query, results.AsSpan(0, k), new IdSet(Enumerable.Range(vectors.Count - k, k)), settings));
                Assert.Equal(Enumerable.Range(vectors.Count - k, k), results[..k].Select(n => n.Id).Order());
            }
        }
    }
}
