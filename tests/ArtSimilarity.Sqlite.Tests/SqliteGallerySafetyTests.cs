using System.Diagnostics;
using System.Globalization;
using ArtSimilarity.Features;
using ArtSimilarity.Galleries;
using ArtSimilarity.Indexing;
using ArtSimilarity.Testing;
using Microsoft.Data.Sqlite;
using Xunit;

namespace ArtSimilarity.Sqlite.Tests;

/// <summary>What happens to a gallery from outside: copied, restored, replaced, damaged, read where nothing can be written.</summary>
public sealed class SqliteGallerySafetyTests : IDisposable
{
    private static readonly FeatureSpace Space = new("model#1", "64x64 squash", 64);
    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string GalleryPath => _folder.File("gallery.db");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_gallery_that_was_replaced_while_it_was_open_is_refused_and_the_new_file_left_alone()
    {
        await MakeAsync(_folder.File("new.db"), 5);
        await using SqliteGalleryStore store = await MakeOpenAsync(GalleryPath, 20);
        await store.CountAsync(new PaintingFilter(), Token);
        File.Move(_folder.File("new.db"), GalleryPath, overwrite: true);
        byte[] replaced = await File.ReadAllBytesAsync(GalleryPath, Token);

        await RefusedAsync(() => store.WriteAsync([Entry("lost", 1)], Token).AsTask());
        await RefusedAsync(() => store.RemoveAsync(["w1"], Token).AsTask());
        await RefusedAsync(() => store.SetPropertyAsync("p", "v", Token).AsTask());
        await RefusedAsync(() => store.CountAsync(new PaintingFilter(), Token).AsTask());
        await store.DisposeAsync();
        Assert.Equal(replaced, await File.ReadAllBytesAsync(GalleryPath, Token));
    }

    [Theory]
    [InlineData("deleted")]
    [InlineData("moved")]
    public async Task A_gallery_that_was_taken_away_while_it_was_open_is_refused(string how)
    {
        await using SqliteGalleryStore store = await MakeOpenAsync(GalleryPath, 3);
        if (how == "deleted")
        {
            File.Delete(GalleryPath);
        }
        else
        {
            File.Move(GalleryPath, _folder.File("elsewhere.db"));
        }

        await RefusedAsync(() => store.WriteAsync([Entry("lost", 1)], Token).AsTask());
        await RefusedAsync(() => store.GetFeatureSpacesAsync(Token).AsTask());
    }

    [Fact]
    public async Task A_gallery_put_back_to_an_earlier_state_has_another_history()
    {
        string earlier = _folder.File("earlier.db");
        SpaceVersion version;
        int lastId;
        await using (SqliteGalleryStore store = await MakeOpenAsync(GalleryPath, 10))
        {
            await store.BackupAsync(earlier, cancellationToken: Token);
            await store.WriteAsync([Entry("a", 1)], Token);
            FeatureSpaceSummary summary = Assert.Single(await store.GetFeatureSpacesAsync(Token));
            (version, lastId) = (summary.Version, (await store.ReadSignaturesAsync(Space, -1, Token)).Ids[^1]);
        }

        File.Copy(earlier, GalleryPath, overwrite: true);
        await using SqliteGalleryStore again = SqliteGalleryStore.Open(GalleryPath);
        await again.WriteAsync([Entry("b", 2)], Token);
        SpaceVersion now = Assert.Single(await again.GetFeatureSpacesAsync(Token)).Version;
        Assert.Equal(version.Generation, now.Generation);
        Assert.NotEqual(version, now);
        Assert.Null(await again.ReadChangesAsync(Space, version, lastId, Token));
    }

    [Fact]
    public async Task A_log_that_a_killed_process_left_is_not_copied_into_another_file()
    {
        await MakeAsync(GalleryPath, 200);
        string earlier = _folder.File("earlier.db");
        File.Copy(GalleryPath, earlier);
        await using (SqliteGalleryStore store = SqliteGalleryStore.Open(GalleryPath))
        {
            await store.WriteAsync([.. Enumerable.Range(0, 300).Select(i => Entry($"second {i}", i))], Token);
        }

        // As after a kill: a file, and a log with commits that are not in it.
        string killed = _folder.File("killed.db");
        await using (SqliteGalleryStore store = SqliteGalleryStore.Open(GalleryPath))
        {
            await store.WriteAsync([Entry("third", 1)], Token);
            File.Copy(GalleryPath, killed);
            File.Copy(GalleryPath + "-wal", killed + "-wal");
        }

        byte[] log = await File.ReadAllBytesAsync(killed + "-wal", Token);
        File.Copy(earlier, killed, overwrite: true);
        byte[] restored = await File.ReadAllBytesAsync(killed, Token);
        foreach (bool readOnly in new[] { false, true })
        {
            GalleryStoreException e = Assert.Throws<GalleryStoreException>(() => SqliteGalleryStore.Open(killed, new SqliteGalleryOptions { ReadOnly = readOnly }));
            Assert.Contains("do not belong together", e.Message, StringComparison.Ordinal);
            Assert.Equal(restored, await File.ReadAllBytesAsync(killed, Token));
            Assert.Equal(log, await File.ReadAllBytesAsync(killed + "-wal", Token));
        }

        File.Delete(killed + "-wal");
        File.Delete(killed + "-shm");
        await using (SqliteGalleryStore opened = SqliteGalleryStore.Open(killed))
        {
            Assert.Equal(200, await opened.CountAsync(new PaintingFilter(), Token));
        }

        // Beside its own file the log is the gallery's.
        File.Copy(GalleryPath, killed, overwrite: true);
        await File.WriteAllBytesAsync(killed + "-wal", log, Token);
        await using SqliteGalleryStore own = SqliteGalleryStore.Open(killed);
        Assert.Equal(501, await own.CountAsync(new PaintingFilter(), Token));
        Assert.Empty(await own.VerifyAsync(null, Token));
    }

    [Fact]
    public async Task A_copy_made_while_others_write_is_whole()
    {
        await using SqliteGalleryStore store = await MakeOpenAsync(GalleryPath, 50);
        using var stop = new CancellationTokenSource();
        Task writing = Task.Run(
            async () =>
            {
                for (int i = 0; !stop.IsCancellationRequested; i++)
                {
                    await store.WriteAsync([Entry($"new {i}", i), Entry($"w{i % 50}", i)], Token);
                }
            },
            Token);
        for (int i = 0; i < 10; i++)
        {
            string copy = _folder.File($"copy {i}.db");
            await store.BackupAsync(copy, cancellationToken: Token);
            await using SqliteGalleryStore opened = SqliteGalleryStore.Open(copy);
            Assert.Empty(await opened.VerifyAsync(null, Token));
            Assert.Equal(store.Identity, opened.Identity);
            Assert.True(await opened.CountAsync(new PaintingFilter(), Token) >= 50);
        }

        await stop.CancelAsync();
        await writing;
        Assert.DoesNotContain(Directory.GetFiles(_folder.Path), file => file.Contains(".partial", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_copy_replaces_nothing_unless_it_may_and_never_the_gallery_itself()
    {
        await using SqliteGalleryStore store = await MakeOpenAsync(GalleryPath, 3);
        string other = _folder.File("other.txt");
        File.WriteAllText(other, "mine");
        await Assert.ThrowsAsync<GalleryStoreException>(() => store.BackupAsync(other, cancellationToken: Token));
        Assert.Equal("mine", File.ReadAllText(other));
        await Assert.ThrowsAsync<ArgumentException>(() => store.BackupAsync(GalleryPath, overwrite: true, Token));
        await Assert.ThrowsAsync<GalleryStoreException>(() => store.BackupAsync(_folder.File("no such folder/x.db"), cancellationToken: Token));
        await store.BackupAsync(other, overwrite: true, Token);
        await using SqliteGalleryStore copy = SqliteGalleryStore.Open(other);
        Assert.Equal(3, await copy.CountAsync(new PaintingFilter(), Token));
    }

    [Fact]
    public async Task Flipped_bits_in_what_is_kept_are_found()
    {
        await MakeAsync(GalleryPath, 300);
        byte[] whole = await File.ReadAllBytesAsync(GalleryPath, Token);
        string damaged = _folder.File("damaged.db");
        var random = new Random(8);
        List<int> used = UsedBytes(GalleryPath, whole);
        int missed = 0;
        for (int round = 0; round < 150; round++)
        {
            byte[] flipped = [.. whole];
            int at = used[random.Next(used.Count)];
            flipped[at] ^= (byte)(1 << random.Next(8));
            await File.WriteAllBytesAsync(damaged, flipped, Token);
            try
            {
                await using SqliteGalleryStore store = SqliteGalleryStore.Open(damaged, new SqliteGalleryOptions { MustExist = true });
                missed += (await store.VerifyAsync(null, Token)).Count == 0 ? 1 : 0;
            }
            catch (GalleryStoreException)
            {
                // Found when it was opened.
            }
        }

        Assert.Equal(0, missed);
    }

    [Fact]
    public async Task A_signature_whose_bits_flipped_is_never_used()
    {
        await using SqliteGalleryStore store = await MakeOpenAsync(GalleryPath, 3);
        Execute(GalleryPath, "UPDATE signatures SET vector = CAST(x'00000000' || substr(vector, 5) AS BLOB) WHERE id = 2");
        GalleryStoreException e = await Assert.ThrowsAsync<GalleryStoreException>(() => store.ReadSignaturesAsync(Space, -1, Token).AsTask());
        Assert.Contains("signature 2 cannot be used: its checksum differs", e.Message, StringComparison.Ordinal);
        Assert.Contains("signature 2 has another checksum", await store.VerifyAsync(null, Token));
    }

    [Fact]
    public async Task A_gallery_that_may_only_be_read_is_read()
    {
        await MakeAsync(GalleryPath, 7);
        byte[] before = await File.ReadAllBytesAsync(GalleryPath, Token);
        await using SqliteGalleryStore store = SqliteGalleryStore.Open(GalleryPath, new SqliteGalleryOptions { ReadOnly = true });
        Assert.True(store.IsReadOnly);
        Assert.Equal(7, (await store.ReadSignaturesAsync(Space, -1, Token)).Count);
        Assert.Equal(3, (await store.SelectAsync(Space, new PaintingFilter { Tags = ["even"] , Keys = ["w0", "w1", "w2", "w4"] }, Token)).Count);
        Assert.DoesNotContain(_folder.Path, store.DerivedFilesDirectory, StringComparison.Ordinal);
        foreach (Func<Task> change in (Func<Task>[])[() => store.WriteAsync([Entry("x", 1)], Token).AsTask(), () => store.RemoveAsync(["w1"], Token).AsTask(), () => store.SetPropertyAsync("p", null, Token).AsTask()])
        {
            Assert.Contains("for reading only", (await Assert.ThrowsAsync<GalleryStoreException>(change)).Message, StringComparison.Ordinal);
        }

        await store.BackupAsync(_folder.File("copy.db"), cancellationToken: Token);
        Assert.Empty(await store.VerifyAsync(null, Token));
        await store.DisposeAsync();
        Assert.Equal(before, await File.ReadAllBytesAsync(GalleryPath, Token));
        Assert.Equal(["copy.db", "gallery.db"], Directory.GetFiles(_folder.Path).Select(Path.GetFileName).Order());
    }

    [Fact]
    public async Task A_reader_beside_a_writer_sees_what_it_commits()
    {
        await using SqliteGalleryStore writer = await MakeOpenAsync(GalleryPath, 7);
        await using SqliteGalleryStore reader = SqliteGalleryStore.Open(GalleryPath, new SqliteGalleryOptions { ReadOnly = true });
        await writer.WriteAsync([Entry("x", 1)], Token);
        Assert.Equal(8, await reader.CountAsync(new PaintingFilter(), Token));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_reader_sees_commits_that_come_after_it_opened_whoever_was_first(bool writerIsFirst)
    {
        await MakeAsync(GalleryPath, 7);
        SqliteGalleryStore? first = writerIsFirst ? SqliteGalleryStore.Open(GalleryPath) : null; // it has written nothing yet
        await using SqliteGalleryStore reader = SqliteGalleryStore.Open(GalleryPath, new SqliteGalleryOptions { ReadOnly = true });
        Assert.Equal(7, (await reader.SelectAsync(Space, new PaintingFilter(), Token)).Count);
        await using SqliteGalleryStore writer = first ?? SqliteGalleryStore.Open(GalleryPath);
        for (int i = 1; i <= 3; i++)
        {
            await writer.WriteAsync([Entry($"x{i}", i)], Token);
            Assert.Equal(7 + i, await reader.CountAsync(new PaintingFilter(), Token));
            Assert.Equal(7 + i, (await reader.SelectAsync(Space, new PaintingFilter(), Token)).Count);
        }
    }

    [Fact]
    public async Task A_reader_sees_what_another_process_commits_and_outlives_it()
    {
        await MakeAsync(GalleryPath, 0);
        byte[] before = await File.ReadAllBytesAsync(GalleryPath, Token);
        await using (SqliteGalleryStore reader = SqliteGalleryStore.Open(GalleryPath, new SqliteGalleryOptions { ReadOnly = true }))
        {
            Assert.Equal(0, await reader.CountAsync(new PaintingFilter(), Token));
            using (Process writer = KilledWriter.Start(GalleryPath))
            {
                for (int batch = 1; batch <= 3; batch++)
                {
                    Assert.Equal(batch.ToString(CultureInfo.InvariantCulture), await writer.StandardOutput.ReadLineAsync(Token));
                    Assert.InRange(await reader.CountAsync(new PaintingFilter(), Token), batch * KilledWriter.WorksPerBatch, int.MaxValue);
                }

                writer.Kill();
                await writer.WaitForExitAsync(Token);
            }

            Assert.InRange(await reader.CountAsync(new PaintingFilter(), Token), 3 * KilledWriter.WorksPerBatch, int.MaxValue);
        }

        // What the killed process has left is for the next who may write.
        Assert.Equal(before, await File.ReadAllBytesAsync(GalleryPath, Token));
        await using SqliteGalleryStore next = SqliteGalleryStore.Open(GalleryPath);
        Assert.InRange(await next.CountAsync(new PaintingFilter(), Token), 3 * KilledWriter.WorksPerBatch, int.MaxValue);
    }

    [Fact]
    public async Task The_last_of_several_readers_leaves_no_files()
    {
        await MakeAsync(GalleryPath, 7);
        var options = new SqliteGalleryOptions { ReadOnly = true };
        await using SqliteGalleryStore one = SqliteGalleryStore.Open(GalleryPath, options), other = SqliteGalleryStore.Open(GalleryPath, options);
        Assert.Equal(7, await one.CountAsync(new PaintingFilter(), Token));
        Assert.Equal(7, await other.CountAsync(new PaintingFilter(), Token));
        await one.DisposeAsync();
        Assert.Equal(7, await other.CountAsync(new PaintingFilter(), Token));
        await other.DisposeAsync();
        Assert.Equal([GalleryPath], Directory.GetFileSystemEntries(_folder.Path));
    }

    [Theory]
    [InlineData(false, "Open it again")]
    [InlineData(true, "8 works")]
    public async Task Somebody_without_the_right_to_write_sees_a_change_or_is_told(bool writerIsFirst, string expected)
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("Windows has other rights.");
            return;
        }

        await MakeAsync(GalleryPath, 7);
        File.SetUnixFileMode(GalleryPath, (UnixFileMode)0b110_100_100);
        File.SetUnixFileMode(_folder.Path, (UnixFileMode)0b111_101_101);
        SqliteGalleryStore? first = writerIsFirst ? SqliteGalleryStore.Open(GalleryPath) : null;
        string printed = await OtherUser.CountTwiceAsync(
            GalleryPath,
            async () =>
            {
                await using SqliteGalleryStore writer = first ?? SqliteGalleryStore.Open(GalleryPath);
                await writer.WriteAsync([Entry("x", 1)], Token);
            },
            Token);
        Assert.StartsWith("7 works, read-only: you may not write the file", printed, StringComparison.Ordinal);
        Assert.Contains(expected, printed, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_gallery_named_by_a_link_is_that_gallery()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Links need a privilege on Windows.");
        await MakeAsync(GalleryPath, 7);
        string link = _folder.File("link.db");
        File.CreateSymbolicLink(link, GalleryPath);
        await using SqliteGalleryStore store = SqliteGalleryStore.Open(link);
        await store.WriteAsync([Entry("x", 1)], Token);
        Assert.Equal(GalleryPath, store.FilePath);
        Assert.False(File.Exists(link + "-wal"));
        await using SqliteGalleryStore other = SqliteGalleryStore.Open(GalleryPath);
        Assert.Equal(8, await other.CountAsync(new PaintingFilter(), Token));
    }

    [Theory]
    [InlineData("555", "gallery.db", "7 works, read-only: SQLite keeps a log beside it, and nothing can be written in its folder '{0}'")]
    [InlineData("555", "new.db", "The gallery '{0}/new.db' cannot be used: you may not write in its folder '{0}'")]
    [InlineData("700", "gallery.db", "The gallery '{0}/gallery.db' cannot be used: you may not enter its folder.")]
    public async Task A_folder_without_the_right_to_write_or_enter_is_named(string mode, string file, string expected)
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("Windows has other rights.");
            return;
        }

        await MakeAsync(GalleryPath, 7);
        File.SetUnixFileMode(GalleryPath, (UnixFileMode)Convert.ToInt32("666", 8));
        UnixFileMode former = File.GetUnixFileMode(_folder.Path);
        File.SetUnixFileMode(_folder.Path, (UnixFileMode)Convert.ToInt32(mode, 8));
        try
        {
            Assert.StartsWith(string.Format(CultureInfo.InvariantCulture, expected, _folder.Path), await OtherUser.CountAsync(_folder.File(file), Token), StringComparison.Ordinal);
        }
        finally
        {
            File.SetUnixFileMode(_folder.Path, former);
        }

        Assert.Equal([GalleryPath], Directory.GetFileSystemEntries(_folder.Path));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Somebody_without_the_right_to_write_can_search(bool folderToo)
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("Windows has other rights.");
            return;
        }

        await MakeAsync(GalleryPath, 7);
        File.SetUnixFileMode(GalleryPath, UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
        UnixFileMode former = File.GetUnixFileMode(_folder.Path);
        File.SetUnixFileMode(_folder.Path, folderToo ? (UnixFileMode)Convert.ToInt32("555", 8) : (UnixFileMode)Convert.ToInt32("777", 8));
        try
        {
            Assert.Equal("7 works, read-only: you may not write the file", await OtherUser.CountAsync(GalleryPath, Token));
        }
        finally
        {
            File.SetUnixFileMode(_folder.Path, former);
        }

        Assert.Equal([GalleryPath], Directory.GetFileSystemEntries(_folder.Path));
    }

    [Fact]
    public async Task The_log_stays_short_under_readers_that_never_pause()
    {
        await using SqliteGalleryStore store = await MakeOpenAsync(GalleryPath, 500);
        using var stop = new CancellationTokenSource();
        Task[] readers = [.. Enumerable.Range(0, 8).Select(_ => Task.Run(
            async () =>
            {
                while (!stop.IsCancellationRequested)
                {
                    VectorSet all = await store.ReadSignaturesAsync(Space, -1, Token);
                    await store.GetPaintingsAsync(Space, all.Ids[..100].ToArray(), Token);
                }
            },
            Token))];
        long longest = 0;
        for (int i = 0; i < 400; i++)
        {
            await store.WriteAsync([.. Enumerable.Range(0, 8).Select(j => Entry($"w{(i * 8) + j}", j))], Token);
            longest = Math.Max(longest, new FileInfo(GalleryPath + "-wal").Length);
        }

        await stop.CancelAsync();
        await Task.WhenAll(readers);
        Assert.True(longest < 64_000_000, $"the log grew to {longest} bytes");
    }

    private static async Task RefusedAsync(Func<Task> call)
    {
        GalleryStoreException e = await Assert.ThrowsAsync<GalleryStoreException>(call);
        Assert.Contains("moved, replaced or deleted while it was open", e.Message, StringComparison.Ordinal);
    }

    private static GalleryEntry Entry(string key, float value) =>
        new(new Painting(key) { Title = $"Title of {key}", Artists = ["Dürer", "Schongauer"], Date = PaintingDate.Parse("c. 1500"), Tags = value % 2 == 0 ? ["even"] : [], Fields = PaintingFields.Of(("museum", $"Museum {value}")) }, $"hash {value}", [new Signature(Space, Enumerable.Range(0, Space.Dimensions).Select(i => value + i).ToArray())]);

    private static async Task<SqliteGalleryStore> MakeOpenAsync(string path, int works)
    {
        SqliteGalleryStore store = SqliteGalleryStore.Open(path);
        await store.WriteAsync([.. Enumerable.Range(0, works).Select(i => Entry($"w{i}", i))], Token);
        await store.SetPropertyAsync("model", "classical", Token);
        return store;
    }

    private static async Task MakeAsync(string path, int works) => await (await MakeOpenAsync(path, works)).DisposeAsync();

    /// <summary>
    /// The places of the bytes that works, signatures and properties are kept in: those of the rows that the file is cut into, without the
    /// empty room between them.
    /// </summary>
    private static List<int> UsedBytes(string path, byte[] whole)
    {
        HashSet<int> used = [];
        using var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ConnectionString);
        connection.Open();
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = "SELECT vector FROM signatures UNION ALL SELECT CAST(key || title || artist AS BLOB) FROM works UNION ALL SELECT CAST(name || value AS BLOB) FROM properties";
        using SqliteDataReader row = command.ExecuteReader();
        while (row.Read())
        {
            byte[] kept = (byte[])row[0];
            int at = whole.AsSpan().IndexOf(kept);

            // What stands there twice was moved, and left behind where it was: a bit of that is nobody's.
            if (at >= 0 && whole.AsSpan(at + 1).IndexOf(kept) < 0)
            {
                used.UnionWith(Enumerable.Range(at, kept.Length));
            }
        }

        Assert.True(used.Count > 20_000, $"only {used.Count} bytes were found in the file");
        return [.. used.Order()];
    }

    private static void Execute(string path, string sql)
    {
        using var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ConnectionString);
        connection.Open();
        using SqliteCommand command = connection.CreateCommand();
#pragma warning disable CA2100 // The texts of these tests.
        command.CommandText = sql;
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }
}
