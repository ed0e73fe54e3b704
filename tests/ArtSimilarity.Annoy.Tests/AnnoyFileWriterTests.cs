using ArtSimilarity.FastScan;
using ArtSimilarity.Indexing;
using ArtSimilarity.Metrics;
using ArtSimilarity.TestSupport;
using ArtSimilarity.Testing;
using Xunit;

namespace ArtSimilarity.Annoy.Tests;

public sealed class AnnoyFileWriterTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public static TheoryData<int> NarrowerVectors => InstructionSets.Narrower;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("clustered", 32)]
    [InlineData("holes", 7)]
    [InlineData("duplicates", 5)]
    [InlineData("zeros", 19)]
    public void The_bytes_depend_on_the_seed_and_not_on_threads_or_the_order_of_the_vectors(string kind, int dimensions)
    {
        VectorSet vectors = AnnoyVectors.Create(kind, 700, dimensions, seed: 11);
        var backwards = new VectorSet(dimensions);
        for (int row = vectors.Count - 1; row >= 0; row--)
        {
            backwards.Add([vectors.Ids[row]], vectors[row]);
        }

        byte[] one = Write(vectors, seed: 4, threads: 1);
        Assert.Equal(one, Write(vectors, seed: 4, threads: 3));
        Assert.Equal(one, Write(vectors, seed: 4, threads: -1));
        Assert.Equal(one, Write(backwards, seed: 4, threads: 2));
        Assert.NotEqual(one, Write(vectors, seed: 5, threads: 1));
    }

    [Theory]
    [MemberData(nameof(NarrowerVectors))]
    public Task The_bytes_are_the_same_with_narrower_vectors(int bits) =>
        InstructionSets.RunAsync(typeof(AnnoyFileGoldenTests), bits, TestContext.Current.CancellationToken);

    [Theory]
    [InlineData("holes")]
    [InlineData("duplicates")]
    [InlineData("zeros")]
    public void Everything_that_went_in_comes_out(string kind)
    {
        VectorSet vectors = AnnoyVectors.Create(kind, 500, 12, seed: 12);
        string path = _folder.File("all.ann");
        AnnoyFileWriter.Write(path, vectors, new AnnoyFileWriterOptions { TreeCount = 4 }, null, TestContext.Current.CancellationToken);
        using AnnoyFile file = AnnoyFile.Open(path, 12);
        VectorSet read = file.ReadVectors(TestContext.Current.CancellationToken);
        Assert.Equal(vectors.Ids.ToArray().Order(), read.Ids.ToArray());
        Assert.Equal(4, file.TreeCount);
        Assert.Equal(vectors.Ids.ToArray().Max() + 1, file.ItemCount);
        for (int row = 0; row < vectors.Count; row++)
        {
            Assert.Equal(vectors[row].ToArray(), read[read.Ids.IndexOf(vectors.Ids[row])].ToArray());
        }

        // All trees lead to every item.
        var results = new Neighbor[1000];
        int found = file.Search(vectors[1], results, int.MaxValue);
        Assert.Equal(vectors.Ids.ToArray().Order(), results.Take(found).Select(neighbor => neighbor.Id).Order());
    }

    [Fact]
    public void Items_can_be_numbered_in_the_order_of_their_ids()
    {
        VectorSet vectors = AnnoyVectors.Create("holes", 200, 6, seed: 18);
        string path = _folder.File("renumbered.ann");
        AnnoyFileWriter.Write(path, vectors, new AnnoyFileWriterOptions { TreeCount = 2, Renumber = true }, null, TestContext.Current.CancellationToken);
        using AnnoyFile file = AnnoyFile.Open(path, 6);
        int[] rows = [.. Enumerable.Range(0, 200).OrderBy(row => vectors.Ids[row])];
        Assert.Equal(200, file.ItemCount);
        VectorSet read = file.ReadVectors(TestContext.Current.CancellationToken);
        for (int item = 0; item < 200; item++)
        {
            Assert.Equal(vectors[rows[item]].ToArray(), read[item].ToArray());
        }

        var results = new Neighbor[300];
        Assert.Equal(200, file.Search(vectors[0], results, int.MaxValue));
    }

    [Fact]
    public void A_file_becomes_an_index_of_our_own()
    {
        VectorSet vectors = AnnoyVectors.Create("holes", 900, 16, seed: 13);
        string path = _folder.File("convert.ann");
        AnnoyFileWriter.Write(path, vectors, new AnnoyFileWriterOptions { TreeCount = 3 }, null, TestContext.Current.CancellationToken);
        using AnnoyFile file = AnnoyFile.Open(path, 16);
        using FastScanIndex index = new FastScanIndexProvider().Build(file.ReadVectors(TestContext.Current.CancellationToken), SimilarityMetrics.Angular, null, "", cancellationToken: TestContext.Current.CancellationToken);
        Neighbor[] ours = new Neighbor[5], annoys = new Neighbor[5];
        Assert.Equal(5, index.Search(vectors[77], ours));
        Assert.Equal(5, file.Search(vectors[77], annoys, int.MaxValue));
        Assert.Equal(annoys.Select(neighbor => neighbor.Id), ours.Select(neighbor => neighbor.Id));
    }

    [Fact]
    public void A_file_is_replaced_whole_or_not_at_all()
    {
        VectorSet vectors = AnnoyVectors.Create("clustered", 400, 8, seed: 14);
        string path = _folder.File("kept.ann");
        AnnoyFileWriter.Write(path, vectors, new AnnoyFileWriterOptions { TreeCount = 2 }, null, TestContext.Current.CancellationToken);
        byte[] before = File.ReadAllBytes(path);
        using (AnnoyFile open = AnnoyFile.Open(path, 8))
        {
            using var cancelled = new CancellationTokenSource();
            Assert.Throws<OperationCanceledException>(() => AnnoyFileWriter.Write(
                path, vectors, new AnnoyFileWriterOptions { TreeCount = 500 }, new Reports(_ => cancelled.Cancel()), cancelled.Token));
            Assert.Equal(before, File.ReadAllBytes(path));
            Assert.Equal(["kept.ann"], _folder.Names());

            File.WriteAllText(_folder.File(".kept.ann.of-a-killed-process.tmp"), "half");
            AnnoyFileWriter.Write(path, vectors, new AnnoyFileWriterOptions { TreeCount = 3 }, null, TestContext.Current.CancellationToken);
            Assert.Equal(["kept.ann"], _folder.Names());
            Assert.Equal(2, open.TreeCount);
            Assert.Equal(1, open.Search(vectors[0], new Neighbor[1]));
        }

        using AnnoyFile replaced = AnnoyFile.Open(path, 8);
        Assert.Equal(3, replaced.TreeCount);
    }

    [Fact]
    public void Progress_grows_to_one()
    {
        List<double> reported = [];
        AnnoyFileWriter.Write(
            _folder.File("progress.ann"), AnnoyVectors.Create("clustered", 300, 8, seed: 15), new AnnoyFileWriterOptions { TreeCount = 10 }, new Reports(reported.Add), TestContext.Current.CancellationToken);
        Assert.Equal(reported.Order(), reported);
        Assert.True(reported.Count > 5);
        Assert.InRange(reported[0], 0, 0.5);
        Assert.Equal(1, reported[^1]);
    }

    [Fact]
    public void What_the_format_cannot_hold_is_refused_and_leaves_nothing()
    {
        string path = _folder.File("refused.ann");
        var far = new VectorSet(2);
        far.Add([int.MaxValue], [1, 2]);
        Assert.Contains("2147483647", Refused(far, new AnnoyFileWriterOptions()).Message, StringComparison.Ordinal);

        var twice = new VectorSet(2);
        twice.Add([3, 4, 3], [1, 2, 3, 4, 5, 6]);
        Assert.Contains("id 3 occurs twice", Refused(twice, new AnnoyFileWriterOptions()).Message, StringComparison.Ordinal);

        VectorSet vectors = AnnoyVectors.Create("clustered", 100, 2, seed: 16);
        Assert.Contains("TreeCount", Refused(vectors, new AnnoyFileWriterOptions { TreeCount = 0 }).Message, StringComparison.Ordinal);
        Assert.Contains("TreeCount", Refused(vectors, new AnnoyFileWriterOptions { TreeCount = 65_537 }).Message, StringComparison.Ordinal);
        Assert.Contains("MaxDegreeOfParallelism", Refused(vectors, new AnnoyFileWriterOptions { MaxDegreeOfParallelism = 0 }).Message, StringComparison.Ordinal);

        // The limit is met while trees are written, too.
        Assert.Contains("150", Assert.Throws<ArgumentException>(() => AnnoyFileWriter.Write(
            path, vectors, new AnnoyFileWriterOptions { TreeCount = 10 }, 150, null, TestContext.Current.CancellationToken)).Message, StringComparison.Ordinal);
        Assert.Empty(_folder.Names());

        ArgumentException Refused(VectorSet set, AnnoyFileWriterOptions options) =>
            Assert.ThrowsAny<ArgumentException>(() => AnnoyFileWriter.Write(path, set, options, null, TestContext.Current.CancellationToken));
    }

    [Fact]
    public void A_folder_that_is_not_there_is_an_error_of_input_and_output() =>
        Assert.ThrowsAny<IOException>(() => AnnoyFileWriter.Write(
            Path.Combine(_folder.File("missing"), "x.ann"), AnnoyVectors.Create("clustered", 10, 2, seed: 17), null, null, TestContext.Current.CancellationToken));

    private byte[] Write(VectorSet vectors, long seed, int threads)
    {
        string path = _folder.File("bytes.ann");
        AnnoyFileWriter.Write(
            path, vectors, new AnnoyFileWriterOptions { TreeCount = 7, Seed = seed, MaxDegreeOfParallelism = threads }, null, TestContext.Current.CancellationToken);
        return File.ReadAllBytes(path);
    }

    private sealed class Reports(Action<double> report) : IProgress<double>
    {
        public void Report(double value) => report(value);
    }
}
