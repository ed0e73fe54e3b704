using ArtSimilarity.Annoy;
using ArtSimilarity.FastScan;
using ArtSimilarity.Indexing;
using ArtSimilarity.Metrics;
using ArtSimilarity.TestSupport;
using ArtSimilarity.Testing;
using Xunit;

namespace ArtSimilarity.Integration.Tests;

/// <summary>
/// Files that somebody changes in place while they are open, as <c>cp</c> and <c>truncate</c> do. In a child process, as a file
/// that is mapped ends the process then.
/// </summary>
public sealed class ChangedInPlaceTests : IDisposable
{
    private const string ChildVariable = "ARTSIM_TEST_CHANGED_IN_PLACE";
    private const int Dimensions = 24;
    private readonly TemporaryFolder _folder = new();

    private static bool IsChild => Environment.GetEnvironmentVariable(ChildVariable) is not null;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Open_files_answer_as_before_whatever_happens_to_them()
    {
        if (!IsChild)
        {
            await ChildProcess.RunAsync(typeof(ChangedInPlaceTests), TestContext.Current.CancellationToken, (ChildVariable, "1"));
            return;
        }

        VectorSet vectors = TestVectors.Clustered(3000, Dimensions, clusters: 20, seed: 3);
        string built = _folder.File("built.fastscan"), opened = _folder.File("opened.fastscan"), annoys = _folder.File("annoys.ann");
        var provider = new FastScanIndexProvider();
        provider.Build(vectors, SimilarityMetrics.Angular, opened, "stamp", cancellationToken: TestContext.Current.CancellationToken).Dispose();
        AnnoyFileWriter.Write(annoys, vectors, new AnnoyFileWriterOptions { TreeCount = 5 }, null, TestContext.Current.CancellationToken);
        using FastScanIndex builtIndex = provider.Build(vectors, SimilarityMetrics.Angular, built, "stamp", cancellationToken: TestContext.Current.CancellationToken);
        using var openedIndex = (FastScanIndex)provider.Open(opened).Index;
        using AnnoyFile annoyFile = AnnoyFile.Open(annoys, Dimensions);

        Neighbor[] Answers()
        {
            var all = new Neighbor[3 * 20 * 10];
            for (int q = 0; q < 20; q++)
            {
                Span<Neighbor> results = all.AsSpan(q * 30, 30);
                builtIndex.Search(vectors[q], results[..10]);
                openedIndex.Search(vectors[q], results[10..20]);
                annoyFile.Search(vectors[q], results[20..], 500);
            }

            return all;
        }

        Neighbor[] before = Answers();
        byte[] noise = new byte[new FileInfo(annoys).Length];
        new Random(1).NextBytes(noise);
        foreach (string path in new[] { built, opened, annoys })
        {
            foreach (int length in new[] { noise.Length / 2, 1000, 0, 4096, 1 })
            {
                using (FileStream stream = InPlace(path))
                {
                    stream.Write(noise);
                    stream.SetLength(length);
                }

                Assert.Equal(before, Answers());
            }
        }
    }

    [Fact]
    public void A_file_that_is_changed_while_it_is_opened_is_refused_or_whole()
    {
        VectorSet one = TestVectors.Clustered(2000, Dimensions, clusters: 20, seed: 3), other = TestVectors.Clustered(2000, Dimensions, clusters: 20, seed: 9);
        var provider = new FastScanIndexProvider();
        string path = _folder.File("index.fastscan");
        byte[][] contents = [.. new[] { one, other }.Select(vectors =>
        {
            provider.Build(vectors, SimilarityMetrics.Angular, path, vectors == one ? "one" : "other", cancellationToken: TestContext.Current.CancellationToken).Dispose();
            return File.ReadAllBytes(path);
        })];
        using var ended = new CancellationTokenSource();
        var writer = new Thread(() =>
        {
            for (int i = 0; !ended.IsCancellationRequested; i++)
            {
                using FileStream stream = InPlace(path);
                foreach (byte[] part in contents[i % 2].Chunk(60_000))
                {
                    stream.Write(part);
                }
            }
        });
        writer.Start();
        int whole = 0, refused = 0;
        try
        {
            for (int i = 0; (i < 300 || whole == 0 || refused == 0) && i < 20_000; i++)
            {
                try
                {
                    OpenedVectorIndex opened = provider.Open(path);
                    using var index = (FastScanIndex)opened.Index;
                    var nearest = new Neighbor[1];
                    VectorSet vectors = opened.Stamp == "one" ? one : other;
                    Assert.Equal(1, index.Search(vectors[i % 2000], nearest));
                    Assert.Equal(i % 2000, nearest[0].Id);
                    whole++;
                }
                catch (VectorIndexFileException)
                {
                    refused++;
                }
            }
        }
        finally
        {
            ended.Cancel();
            writer.Join();
        }

        Assert.True(whole > 0 && refused > 0, $"{whole} whole, {refused} refused");
    }

    private static FileStream InPlace(string path) => new(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
}
