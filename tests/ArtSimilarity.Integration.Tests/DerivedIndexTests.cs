using ArtSimilarity.FastScan;
using ArtSimilarity.Features;
using ArtSimilarity.Galleries;
using ArtSimilarity.Indexing;
using ArtSimilarity.Metrics;
using ArtSimilarity.Sqlite;
using Microsoft.Data.Sqlite;
using Xunit;

namespace ArtSimilarity.Integration.Tests;

/// <summary>The forest file is derived from the store: whatever happens to it, the answers are those of the store.</summary>
public sealed class DerivedIndexTests : IDisposable
{
    private const int Count = 600, Dimensions = 32;
    private static readonly FeatureSpace Space = new("random", "none", Dimensions);
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("artsim-derived");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string GalleryFile => Path.Combine(_folder.FullName, "gallery.db");

    private string[] ForestFiles => Directory.Exists(GalleryFile + ".index") ? Directory.GetFiles(GalleryFile + ".index", "*.fastscan") : [];

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task A_forest_is_built_once_and_opened_afterwards()
    {
        await using (SqliteGalleryStore store = SqliteGalleryStore.Open(GalleryFile))
        {
            await store.WriteAsync([.. Enumerable.Range(0, Count).Select(i => Entry(i, i))], Cancellation);
            await AssertAnswersAreTheStoresAsync(store, isExact: false);
        }

        string file = Assert.Single(ForestFiles);
        byte[] built = await File.ReadAllBytesAsync(file, Cancellation);
        File.SetLastWriteTimeUtc(file, new DateTime(2000, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        await using SqliteGalleryStore again = SqliteGalleryStore.Open(GalleryFile);
        await AssertAnswersAreTheStoresAsync(again, isExact: false);
        Assert.Equal(2000, File.GetLastWriteTimeUtc(file).Year);
        Assert.Equal(built, await File.ReadAllBytesAsync(file, Cancellation));
    }

    [Fact]
    public async Task What_was_added_removed_and_replaced_since_the_build_is_seen_by_the_next_process()
    {
        await using (SqliteGalleryStore store = SqliteGalleryStore.Open(GalleryFile))
        {
            await store.WriteAsync([.. Enumerable.Range(0, Count).Select(i => Entry(i, i))], Cancellation);
            await AssertAnswersAreTheStoresAsync(store, isExact: false);
            await store.RemoveAsync(["work-1", "work-599"], Cancellation);
            await store.WriteAsync([Entry(600, 600), Entry(2, 9002)], Cancellation);
        }

        await using SqliteGalleryStore again = SqliteGalleryStore.Open(GalleryFile);
        await AssertAnswersAreTheStoresAsync(again, isExact: false);
    }

    [Fact]
    public async Task A_forest_too_old_is_built_anew()
    {
        await using SqliteGalleryStore store = SqliteGalleryStore.Open(GalleryFile);
        await store.WriteAsync([.. Enumerable.Range(0, Count).Select(i => Entry(i, i))], Cancellation);
        await AssertAnswersAreTheStoresAsync(store, isExact: false);
        long before = new FileInfo(Assert.Single(ForestFiles)).Length;
        await store.WriteAsync([.. Enumerable.Range(Count, Count).Select(i => Entry(i, i))], Cancellation);
        await AssertAnswersAreTheStoresAsync(store, isExact: false);
        Assert.True(new FileInfo(Assert.Single(ForestFiles)).Length > before);
    }

    [Theory]
    [InlineData("truncated")]
    [InlineData("flipped")]
    [InlineData("foreign")]
    [InlineData("empty")]
    [InlineData("deleted")]
    public async Task A_damaged_forest_is_built_anew(string damage)
    {
        await using (SqliteGalleryStore store = SqliteGalleryStore.Open(GalleryFile))
        {
            await store.WriteAsync([.. Enumerable.Range(0, Count).Select(i => Entry(i, i))], Cancellation);
            await AssertAnswersAreTheStoresAsync(store, isExact: false);
        }

        string file = Assert.Single(ForestFiles);
        byte[] bytes = await File.ReadAllBytesAsync(file, Cancellation);
        switch (damage)
        {
            case "truncated":
                await File.WriteAllBytesAsync(file, bytes[..(bytes.Length / 2)], Cancellation);
                break;
            case "flipped":
                bytes[bytes.Length / 3] ^= 4;
                await File.WriteAllBytesAsync(file, bytes, Cancellation);
                break;
            case "foreign":
                await File.WriteAllTextAsync(file, "<html>not a forest</html>", Cancellation);
                break;
            case "empty":
                await File.WriteAllBytesAsync(file, [], Cancellation);
                break;
            default:
                File.Delete(file);
                break;
        }

        await using SqliteGalleryStore again = SqliteGalleryStore.Open(GalleryFile);
        await AssertAnswersAreTheStoresAsync(again, isExact: false);
        Assert.True(new FileInfo(Assert.Single(ForestFiles)).Length > 1000);
    }

    [Fact]
    public async Task The_forest_of_another_gallery_is_not_mistaken_for_ones_own()
    {
        string other = Path.Combine(_folder.FullName, "other.db");
        await using (SqliteGalleryStore store = SqliteGalleryStore.Open(other))
        {
            await store.WriteAsync([.. Enumerable.Range(0, Count).Select(i => Entry(i, i + 50_000))], Cancellation);
            await AssertAnswersAreTheStoresAsync(store, isExact: false);
        }

        await using SqliteGalleryStore mine = SqliteGalleryStore.Open(GalleryFile);
        await mine.WriteAsync([.. Enumerable.Range(0, Count).Select(i => Entry(i, i))], Cancellation);
        Directory.Move(other + ".index", GalleryFile + ".index");
        await AssertAnswersAreTheStoresAsync(mine, isExact: false);
    }

    [Fact]
    public async Task Where_no_file_can_be_written_the_forest_is_kept_in_memory()
    {
        await using SqliteGalleryStore store = SqliteGalleryStore.Open(GalleryFile);
        await store.WriteAsync([.. Enumerable.Range(0, Count).Select(i => Entry(i, i))], Cancellation);
        await File.WriteAllTextAsync(GalleryFile + ".index", "a file where the folder should be", Cancellation);
        await AssertAnswersAreTheStoresAsync(store, isExact: false);
    }

    [Fact]
    public async Task A_gallery_put_back_to_an_earlier_state_does_not_trust_the_later_forest()
    {
        await using (SqliteGalleryStore store = SqliteGalleryStore.Open(GalleryFile))
        {
            await store.WriteAsync([.. Enumerable.Range(0, Count).Select(i => Entry(i, i))], Cancellation);
        }

        File.Copy(GalleryFile, GalleryFile + ".backup");
        await using (SqliteGalleryStore store = SqliteGalleryStore.Open(GalleryFile))
        {
            await store.WriteAsync([.. Enumerable.Range(Count, 20).Select(i => Entry(i, i))], Cancellation);
            await AssertAnswersAreTheStoresAsync(store, isExact: false);
        }

        File.Move(GalleryFile + ".backup", GalleryFile, overwrite: true);
        await using SqliteGalleryStore restored = SqliteGalleryStore.Open(GalleryFile);
        await AssertAnswersAreTheStoresAsync(restored, isExact: false);
    }

    [Fact]
    public async Task A_gallery_put_back_and_gone_on_to_the_same_generation_does_not_trust_the_former_forest()
    {
        await using (SqliteGalleryStore store = SqliteGalleryStore.Open(GalleryFile))
        {
            await store.WriteAsync([.. Enumerable.Range(0, 300).Select(i => Entry(i, i))], Cancellation);
        }

        File.Copy(GalleryFile, GalleryFile + ".backup");
        await using (SqliteGalleryStore store = SqliteGalleryStore.Open(GalleryFile))
        {
            await store.WriteAsync([.. Enumerable.Range(300, 300).Select(i => Entry(i, i))], Cancellation);
            await AssertAnswersAreTheStoresAsync(store, isExact: false);
        }

        File.Move(GalleryFile + ".backup", GalleryFile, overwrite: true);
        await using SqliteGalleryStore restored = SqliteGalleryStore.Open(GalleryFile);
        await restored.WriteAsync([.. Enumerable.Range(300, 300).Select(i => Entry(i, 10_000 + i))], Cancellation);
        await AssertAnswersAreTheStoresAsync(restored, isExact: false);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(100)]
    public async Task A_gallery_put_back_while_it_is_open_is_searched_as_it_is_now(int approximateFrom)
    {
        string backup = GalleryFile + ".backup";
        await using SqliteGalleryStore store = SqliteGalleryStore.Open(GalleryFile);
        await store.WriteAsync([.. Enumerable.Range(0, 300).Select(i => Entry(i, i))], Cancellation);
        await store.BackupAsync(backup, cancellationToken: Cancellation);
        await store.WriteAsync([.. Enumerable.Range(300, 200).Select(i => Entry(i, i))], Cancellation);
        var provider = new FastScanIndexProvider(new FastScanIndexOptions { LeafSize = 16, SearchSettings = FastScanSearchSettings.Exact });
        await using var gallery = new Gallery(store, null, [], provider, new GalleryOptions { ApproximateFrom = approximateFrom == 0 ? int.MaxValue : approximateFrom });
        await gallery.PrepareAsync(Space, null, Cancellation);
        var all = new GallerySearchOptions { Filter = new PaintingFilter { Keys = [.. Enumerable.Range(0, 600).Select(i => $"work-{i}")] } };
        Assert.Equal("work-350", (await gallery.SearchAsync(new Signature(Space, VectorOf(350)), 1, all, Cancellation)).Results[0].Painting.Key);

        // What .restore of sqlite3 does: the pages are written over, through SQLite, while others have the file open.
        using (var source = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = backup, Pooling = false }.ConnectionString))
        using (var target = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = GalleryFile, Pooling = false }.ConnectionString))
        {
            source.Open();
            target.Open();
            source.BackupDatabase(target);
        }

        // The same ids as those that are gone, for other works.
        await store.WriteAsync([.. Enumerable.Range(300, 200).Select(i => new GalleryEntry(new Painting($"work-{i + 100}"), $"hash-{i}", [new Signature(Space, VectorOf(20_000 + i))]))], Cancellation);
        foreach (int work in new[] { 5, 299 })
        {
            Assert.Equal($"work-{work}", (await gallery.SearchAsync(new Signature(Space, VectorOf(work)), 1, all, Cancellation)).Results[0].Painting.Key);
        }

        foreach (int added in new[] { 300, 350, 499 })
        {
            SimilarPainting found = (await gallery.SearchAsync(new Signature(Space, VectorOf(20_000 + added)), 1, all, Cancellation)).Results[0];
            Assert.Equal($"work-{added + 100}", found.Painting.Key);
            Assert.Equal(0, found.Distance, 1e-4f);
            Assert.NotInRange((await gallery.SearchAsync(new Signature(Space, VectorOf(added)), 1, null, Cancellation)).Results[0].Distance, 0f, 0.1f);
        }
    }

    [Fact]
    public async Task A_forest_of_other_settings_is_built_anew()
    {
        await using SqliteGalleryStore store = SqliteGalleryStore.Open(GalleryFile);
        await store.WriteAsync([.. Enumerable.Range(0, Count).Select(i => Entry(i, i))], Cancellation);
        await AssertAnswersAreTheStoresAsync(store, isExact: false);
        byte[] former = await File.ReadAllBytesAsync(Assert.Single(ForestFiles), Cancellation);
        await AssertAnswersAreTheStoresAsync(store, isExact: false, leafSize: 90);
        Assert.NotEqual(former, await File.ReadAllBytesAsync(Assert.Single(ForestFiles), Cancellation));
    }

    [Fact]
    public async Task A_build_that_nobody_waits_for_any_longer_still_ends()
    {
        await using SqliteGalleryStore store = SqliteGalleryStore.Open(GalleryFile);
        await store.WriteAsync([.. Enumerable.Range(0, Count).Select(i => Entry(i, i))], Cancellation);
        await using var gallery = new Gallery(store, null, [], new FastScanIndexProvider(), new GalleryOptions { ApproximateFrom = 100 });
        using var impatient = new CancellationTokenSource();
        try
        {
            await gallery.PrepareAsync(Space, new CancelWhenBegun(impatient), impatient.Token);
        }
        catch (OperationCanceledException)
        {
            // the usual outcome; a fast machine may have been done
        }

        while (ForestFiles.Length == 0)
        {
            await Task.Delay(10, Cancellation);
        }

        Assert.Equal(3, (await gallery.SearchByKeyAsync("work-1", 3, null, Cancellation)).Results.Count);
    }

    [Fact]
    public async Task A_metric_the_forest_cannot_order_by_is_refused_at_once()
    {
        await using SqliteGalleryStore store = SqliteGalleryStore.Open(GalleryFile);
        ArgumentException e = Assert.Throws<ArgumentException>(() =>
            new Gallery(store, null, [], new FastScanIndexProvider(), new GalleryOptions { Metric = SimilarityMetrics.Euclidean }));
        Assert.Contains("euclidean", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_killed_build_left_behind_is_removed_by_the_next()
    {
        await using SqliteGalleryStore store = SqliteGalleryStore.Open(GalleryFile);
        await store.WriteAsync([.. Enumerable.Range(0, Count).Select(i => Entry(i, i))], Cancellation);
        await AssertAnswersAreTheStoresAsync(store, isExact: false);
        string forest = Assert.Single(ForestFiles);
        string leftover = Path.Combine(Path.GetDirectoryName(forest)!, $".{Path.GetFileName(forest)}.0123.tmp");
        await File.WriteAllTextAsync(leftover, "half a forest", Cancellation);
        File.Delete(forest);
        await AssertAnswersAreTheStoresAsync(store, isExact: false);
        Assert.False(File.Exists(leftover));
    }

    [Fact]
    public async Task A_small_gallery_is_scanned()
    {
        await using SqliteGalleryStore store = SqliteGalleryStore.Open(GalleryFile);
        await store.WriteAsync([.. Enumerable.Range(0, 99).Select(i => Entry(i, i))], Cancellation);
        await AssertAnswersAreTheStoresAsync(store, isExact: true);
        Assert.Empty(ForestFiles);
    }

    private static GalleryEntry Entry(int work, int seed) =>
        new(new Painting($"work-{work}"), $"hash-{seed}", [new Signature(Space, VectorOf(seed))]);

    private static float[] VectorOf(int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, Dimensions).Select(_ => random.NextSingle() - 0.5f)];
    }

    /// <summary>Compares with a flat index filled from the store; so many candidates that the forest must agree with it.</summary>
    private static async Task AssertAnswersAreTheStoresAsync(SqliteGalleryStore store, bool isExact, int leafSize = 16)
    {
        var provider = new FastScanIndexProvider(new FastScanIndexOptions { LeafSize = leafSize, SearchSettings = FastScanSearchSettings.Exact });
        await using var gallery = new Gallery(store, null, [], provider, new GalleryOptions { ApproximateFrom = 100 });
        await gallery.PrepareAsync(Space, null, Cancellation);
        VectorSet vectors = await store.ReadSignaturesAsync(Space, -1, Cancellation);
        using var flat = new FlatIndex(Dimensions);
        for (int row = 0; row < vectors.Count; row++)
        {
            flat.Add(vectors.Ids.Slice(row, 1), vectors[row]);
        }

        foreach (int seed in new[] { 0, 1, 2, 599, 600, 9002, 77_777 })
        {
            var expected = new Neighbor[20];
            flat.Search(VectorOf(seed), expected);
            IReadOnlyList<Painting?> paintings = await store.GetPaintingsAsync(Space, [.. expected.Select(neighbor => neighbor.Id)], Cancellation);
            GallerySearchResult found = await gallery.SearchAsync(new Signature(Space, VectorOf(seed)), 20, null, Cancellation);
            Assert.Equal(isExact, found.IsExact);
            Assert.Equal(paintings.Select(painting => painting!.Key), found.Results.Select(result => result.Painting.Key));
        }
    }

    private sealed class CancelWhenBegun(CancellationTokenSource source) : IProgress<double>
    {
        public void Report(double value) => source.Cancel();
    }
}
