using ArtSimilarity.Features;
using ArtSimilarity.Galleries;
using ArtSimilarity.Imaging;
using ArtSimilarity.NetVips;
using ArtSimilarity.Sqlite;
using ArtSimilarity.TestSupport;
using ArtSimilarity.Testing;
using Microsoft.Data.Sqlite;
using Xunit;

namespace ArtSimilarity.Integration.Tests;

/// <summary>A gallery that is put back, moved or replaced while works are added: the run fails and says which of its works are gone.</summary>
public sealed class ReplacedWhileAddingTests : IDisposable
{
    private const int Works = 12, DoneBefore = 5;
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("artsim-replaced");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string GalleryFile => Path.Combine(_folder.FullName, "gallery.db");

    private string Earlier => Path.Combine(_folder.FullName, "earlier.db");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData("restore")]
    [InlineData("restore another gallery")]
    [InlineData("restore at the end")]
    [InlineData("write over")]
    [InlineData("write over at the end")]
    [InlineData("move")]
    [InlineData("move another here")]
    [InlineData("delete")]
    [InlineData("delete at the end")]
    public async Task The_run_fails_and_names_the_works_that_are_gone(string what)
    {
        await using (SqliteGalleryStore first = SqliteGalleryStore.Open(GalleryFile))
        {
            await AddAsync(first, [Work(100)], null);
            await first.BackupAsync(Earlier, cancellationToken: Cancellation);
        }

        await using (SqliteGalleryStore second = SqliteGalleryStore.Open(GalleryFile))
        {
            await AddAsync(second, [Work(101)], null);
        }

        string other = Path.Combine(_folder.FullName, "other.db");
        await using (SqliteGalleryStore another = SqliteGalleryStore.Open(other))
        {
            await AddAsync(another, [Work(200), Work(201), Work(202)], null);
        }

        int at = what.EndsWith("at the end", StringComparison.Ordinal) ? Works : DoneBefore;
        await using SqliteGalleryStore store = SqliteGalleryStore.Open(GalleryFile);
        GalleryStoreException e = await Assert.ThrowsAsync<GalleryStoreException>(() => AddAsync(store, [.. Enumerable.Range(0, Works).Select(Work)], at, () => Do(what, other)));
        Assert.True(e.IsReplaced);
        Assert.Equal(Enumerable.Range(0, e.LostKeys.Count).Select(i => $"w{i}"), e.LostKeys);
        Assert.InRange(e.LostKeys.Count, at, at); // what is written after it is there, or was refused
        Assert.Contains("w0, w1, w2, w3, w4", e.Message, StringComparison.Ordinal);
        Assert.Contains("Add them again", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_copy_of_what_is_in_the_file_already_takes_nothing_away()
    {
        await using (SqliteGalleryStore first = SqliteGalleryStore.Open(GalleryFile))
        {
            await AddAsync(first, [Work(100)], null);
            await first.BackupAsync(Earlier, cancellationToken: Cancellation);
        }

        await using (SqliteGalleryStore store = SqliteGalleryStore.Open(GalleryFile))
        {
            AddReport report = await AddAsync(store, [.. Enumerable.Range(0, Works).Select(Work)], DoneBefore, () => Do("write over", ""));
            Assert.Equal(Works, report.Added);
        }

        await using SqliteGalleryStore again = SqliteGalleryStore.Open(GalleryFile);
        Assert.Equal(Works + 1, await again.CountAsync(new PaintingFilter(), Cancellation));
        Assert.Empty(await again.VerifyAsync(null, Cancellation));
    }

    [Fact]
    public async Task What_was_put_in_the_place_of_a_gallery_in_use_is_not_mixed_with_it()
    {
        await using (SqliteGalleryStore first = SqliteGalleryStore.Open(GalleryFile))
        {
            await AddAsync(first, [Work(100)], null);
            await first.BackupAsync(Earlier, cancellationToken: Cancellation);
        }

        await using (SqliteGalleryStore second = SqliteGalleryStore.Open(GalleryFile))
        {
            await AddAsync(second, [Work(101)], null);
        }

        await using (SqliteGalleryStore store = SqliteGalleryStore.Open(GalleryFile))
        {
            await Assert.ThrowsAsync<GalleryStoreException>(() => AddAsync(store, [.. Enumerable.Range(0, Works).Select(Work)], DoneBefore, () => Do("write over", "")));
        }

        Assert.Equal(await File.ReadAllBytesAsync(Earlier, Cancellation), await File.ReadAllBytesAsync(GalleryFile, Cancellation));
        GalleryStoreException refused = Assert.Throws<GalleryStoreException>(() => SqliteGalleryStore.Open(GalleryFile));
        Assert.Contains("delete the files that end in -wal and -shm", refused.Message, StringComparison.Ordinal);
        File.Delete(GalleryFile + "-wal");
        File.Delete(GalleryFile + "-shm");
        await using SqliteGalleryStore again = SqliteGalleryStore.Open(GalleryFile);
        Assert.Equal(1, await again.CountAsync(new PaintingFilter(), Cancellation));
        Assert.Empty(await again.VerifyAsync(null, Cancellation));
    }

    [Fact]
    public async Task Others_that_write_and_copy_the_log_meanwhile_disturb_nothing()
    {
        await using SqliteGalleryStore store = SqliteGalleryStore.Open(GalleryFile);
        AddReport report = await AddAsync(store, [.. Enumerable.Range(0, Works).Select(Work)], DoneBefore, () =>
        {
            using SqliteGalleryStore other = SqliteGalleryStore.Open(GalleryFile);
            other.RemoveAsync(["w1"], Cancellation).AsTask().GetAwaiter().GetResult();
            AddAsync(other, [Work(300)], null).GetAwaiter().GetResult();
            Execute("PRAGMA wal_checkpoint(TRUNCATE)");
        });
        Assert.Equal(Works, report.Added);
        Assert.Equal(Works, await store.CountAsync(new PaintingFilter(), Cancellation)); // one was removed and one added by the other
    }

    [Fact]
    public async Task Adding_again_after_a_gallery_was_put_back_completes_it()
    {
        await using SqliteGalleryStore store = SqliteGalleryStore.Open(GalleryFile);
        await store.BackupAsync(Earlier, cancellationToken: Cancellation); // without even the feature space
        PaintingImage[] works = [.. Enumerable.Range(0, Works).Select(Work)];
        await Assert.ThrowsAsync<GalleryStoreException>(() => AddAsync(store, works, DoneBefore, () => Do("restore", "")));
        AddReport again = await AddAsync(store, works, null);
        Assert.Equal(Works, again.Added + again.Skipped);
        Assert.Equal(Works, await store.CountAsync(new PaintingFilter(), Cancellation));
        Assert.Empty(await store.VerifyAsync(null, Cancellation));
    }

    private static PaintingImage Work(int number) =>
        new(new Painting($"w{number}"), ImageSource.FromBytes(SyntheticPng.Gradient(32 + number, 32), $"{number}.png"));

    private static Task<AddReport> AddAsync(SqliteGalleryStore store, PaintingImage[] works, Action? then) => AddAsync(store, works, 1, then);

    /// <summary>Adds works one by one, and does something once so many are committed.</summary>
    private static async Task<AddReport> AddAsync(SqliteGalleryStore store, PaintingImage[] works, int at, Action? then)
    {
        await using var gallery = new Gallery(store, new NetVipsImageDecoder(), [new ClassicalFeatureExtractor()], null, new GalleryOptions { BatchSize = 1, MaxDegreeOfParallelism = 1 });
        return await gallery.AddAsync(works, new After(at, then), Cancellation);
    }

    private void Do(string what, string other)
    {
        switch (what)
        {
            case "restore" or "restore at the end":
                Restore(Earlier);
                break;
            case "restore another gallery":
                Restore(other);
                break;
            case "write over" or "write over at the end":
                File.Copy(Earlier, GalleryFile, overwrite: true);
                break;
            case "move":
                File.Move(GalleryFile, GalleryFile + ".moved");
                break;
            case "move another here":
                File.Move(other, GalleryFile, overwrite: true);
                break;
            default:
                File.Delete(GalleryFile);
                break;
        }
    }

    /// <summary>What <c>.restore</c> of sqlite3 does.</summary>
    private void Restore(string from)
    {
        using var source = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = from, Pooling = false }.ConnectionString);
        using var target = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = GalleryFile, Pooling = false }.ConnectionString);
        source.Open();
        target.Open();
        source.BackupDatabase(target);
    }

    private void Execute(string sql)
    {
        using var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = GalleryFile, Pooling = false }.ConnectionString);
        connection.Open();
        using SqliteCommand command = connection.CreateCommand();
#pragma warning disable CA2100 // The texts of these tests.
        command.CommandText = sql;
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }

    private sealed class After(int done, Action? then) : IProgress<AddProgress>
    {
        public void Report(AddProgress value)
        {
            if (value.Done == done)
            {
                then?.Invoke();
            }
        }
    }
}
