using System.Diagnostics;
using ArtSimilarity.Features;
using ArtSimilarity.Galleries;
using ArtSimilarity.Indexing;
using ArtSimilarity.Sqlite.Connections;
using ArtSimilarity.Sqlite.Queries;
using ArtSimilarity.TestSupport;
using ArtSimilarity.Testing;
using Microsoft.Data.Sqlite;
using Xunit;

namespace ArtSimilarity.Sqlite.Tests;

/// <summary>The file on disk: what is kept, what is refused, and what a crash leaves.</summary>
public sealed class SqliteGalleryFileTests : IDisposable
{
    private static readonly FeatureSpace Space = new("model#1", "64x64 squash", 320);
    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("pipe", "", false)]
    [InlineData("pipe", "", true)]
    [InlineData("device", "", false)]
    [InlineData("device", "", true)]
    [InlineData("folder", "", false)]
    [InlineData("folder", "", true)]
    [InlineData("pipe", "-journal", false)]
    [InlineData("pipe", "-journal", true)]
    [InlineData("pipe", "-wal", false)]
    [InlineData("device", "-wal", true)]
    [InlineData("folder", "-shm", false)]
    public async Task What_is_no_file_is_refused_at_once(string kind, string suffix, bool readOnly)
    {
        string path = _folder.File("gallery.db");
        if (suffix.Length > 0)
        {
            await SqliteGalleryStore.Open(path).DisposeAsync();
        }

        await SpecialFile.MakeAsync(kind, path + suffix, Token);
        var e = await Assert.ThrowsAsync<GalleryStoreException>(
            () => Task.Run(() => SqliteGalleryStore.Open(path, new SqliteGalleryOptions { ReadOnly = readOnly }), Token).WaitAsync(SpecialFile.Patience, Token));
        Assert.StartsWith(
            $"The gallery '{path}' cannot be used: {(suffix.Length == 0 ? "it" : $"'{path}{suffix}' beside it")} is not a regular file, but a ", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_gallery_opened_again_is_the_same()
    {
        string path = _folder.File("gallery.db");
        Guid identity;
        FeatureSpaceSummary summary;
        var painting = new Painting("w0") { Title = "Nymphéas", Tags = ["water", "lily"], Year = 1906 };
        await using (SqliteGalleryStore store = SqliteGalleryStore.Open(path))
        {
            identity = store.Identity;
            await store.WriteAsync([Entry(painting, 1), Entry(new Painting("w1"), 2)], Token);
            await store.RemoveAsync(["w1"], Token);
            await store.SetPropertyAsync("model", "classical", Token);
            summary = Assert.Single(await store.GetFeatureSpacesAsync(Token));
        }

        await using SqliteGalleryStore again = SqliteGalleryStore.Open(path, new SqliteGalleryOptions { MustExist = true });
        Assert.Equal(identity, again.Identity);
        Assert.Equal(summary, Assert.Single(await again.GetFeatureSpacesAsync(Token)));
        Assert.Equal("classical", await again.GetPropertyAsync("model", Token));
        Assert.Equal(painting, (await again.FindAsync(["w0"], Token))["w0"].Painting);
        int id = Assert.Single((await again.ReadSignaturesAsync(Space, cancellationToken: Token)).Ids.ToArray());
        await again.WriteAsync([Entry(new Painting("w2"), 3)], Token);
        (int next, _) = (await again.GetSignatureAsync(Space, "w2", Token))!.Value;
        Assert.True(next > id + 1, $"id {next} was given to the removed w1 already");
    }

    [Fact]
    public async Task Another_gallery_at_the_same_path_has_another_identity()
    {
        string path = _folder.File("gallery.db");
        SqliteGalleryStore store = SqliteGalleryStore.Open(path);
        Guid identity = store.Identity;
        await store.DisposeAsync();
        File.Delete(path);

        await using SqliteGalleryStore other = SqliteGalleryStore.Open(path);
        Assert.NotEqual(identity, other.Identity);
    }

    [Fact]
    public async Task Closing_leaves_one_file()
    {
        string path = _folder.File("gallery.db");
        SqliteGalleryStore store = SqliteGalleryStore.Open(path);
        await store.WriteAsync([Entry(new Painting("a"), 1)], Token);
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => store.ReadSignaturesAsync(Space, -1, Token).AsTask(), Token)));
        store.Dispose();

        Assert.Equal([path], Directory.GetFileSystemEntries(_folder.Path));
        File.Move(path, _folder.File("elsewhere.db"));
    }

    [Fact]
    public async Task Derived_files_have_a_folder_beside_the_gallery_that_opening_does_not_create()
    {
        await using SqliteGalleryStore store = SqliteGalleryStore.Open(_folder.File("gallery.db"));
        Assert.Equal(_folder.File("gallery.db.index"), store.DerivedFilesDirectory);
        Assert.Equal(_folder.File("gallery.db"), store.FilePath);
        Assert.False(Directory.Exists(store.DerivedFilesDirectory));
    }

    [Fact]
    public void A_mistyped_path_creates_nothing_when_the_gallery_must_exist()
    {
        string path = _folder.File("galery.db");
        GalleryStoreException e = Refused(path, mustExist: true);
        Assert.Contains("There is no gallery", e.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(_folder.Path));
    }

    [Fact]
    public void A_missing_folder_is_named()
    {
        GalleryStoreException e = Refused(Path.Combine(_folder.File("missing"), "gallery.db"));
        Assert.Contains("does not exist", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_is_refused() => Assert.Contains("is not a regular file, but a folder", Refused(_folder.Path).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("x")]
    [InlineData("key,title,artist\n")]
    public void A_text_file_is_refused_and_left_alone(string line)
    {
        string path = _folder.File("paintings.csv");
        foreach (int lines in new[] { 1, 500 })
        {
            string text = string.Concat(Enumerable.Repeat(line, lines));
            File.WriteAllText(path, text);
            Assert.Contains("not an SQLite database", Refused(path).Message, StringComparison.Ordinal);
            Assert.Equal(text, File.ReadAllText(path));
            Assert.Equal([path], Directory.GetFileSystemEntries(_folder.Path));
        }
    }

    [Fact]
    public async Task An_empty_file_becomes_a_gallery_unless_one_must_exist()
    {
        string path = _folder.File("gallery.db");
        File.WriteAllBytes(path, []);
        Assert.Contains("empty", Refused(path, mustExist: true).Message, StringComparison.Ordinal);

        await using SqliteGalleryStore store = SqliteGalleryStore.Open(path);
        Assert.Empty(await store.GetFeatureSpacesAsync(Token));
    }

    [Fact]
    public void Another_applications_database_is_refused_and_left_alone()
    {
        string path = _folder.File("other.db");
        Execute(path, "CREATE TABLE works (key TEXT); INSERT INTO works VALUES ('a')");
        byte[] before = File.ReadAllBytes(path);
        Assert.Contains("not a gallery", Refused(path).Message, StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllBytes(path));
    }

    [Theory]
    [InlineData(6, "newer version")]
    [InlineData(1000, "newer version")]
    [InlineData(0, "damaged")]
    public void A_schema_version_this_package_does_not_know_is_refused(int version, string reason)
    {
        string path = _folder.File("gallery.db");
        SqliteGalleryStore.Open(path).Dispose();
        Execute(path, $"PRAGMA user_version = {version}");
        Assert.Contains(reason, Refused(path).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_truncated_gallery_is_refused_or_says_so_when_it_is_read()
    {
        byte[] whole = await MakeAsync(works: 60);
        string path = _folder.File("cut.db");
        var random = new Random(5);
        int[] lengths = [1, 50, 100, 512, 4095, 4096, 4097, whole.Length / 2, whole.Length - 4096, whole.Length - 1, .. Enumerable.Range(0, 40).Select(_ => random.Next(1, whole.Length))];
        foreach (int length in lengths)
        {
            File.WriteAllBytes(path, whole[..length]);
            await Assert.ThrowsAsync<GalleryStoreException>(() => ReadAllAsync(path));
        }
    }

    [Fact]
    public async Task A_flipped_bit_in_the_header_is_refused_or_harmless()
    {
        byte[] whole = await MakeAsync(works: 10);
        string path = _folder.File("flipped.db");
        int refused = 0;
        for (int bit = 0; bit < 100 * 8; bit += 3)
        {
            byte[] flipped = [.. whole];
            flipped[bit / 8] ^= (byte)(1 << (bit % 8));
            File.WriteAllBytes(path, flipped);
            try
            {
                Assert.Equal(10, await ReadAllAsync(path));
            }
            catch (GalleryStoreException e)
            {
                Assert.Contains(path, e.Message, StringComparison.Ordinal);
                refused++;
            }
        }

        Assert.True(refused > 50, $"only {refused} flips were noticed");
    }

    [Fact]
    public async Task Random_damage_gives_a_typed_error_or_an_answer()
    {
        byte[] whole = await MakeAsync(works: 40);
        string path = _folder.File("damaged.db");
        var random = new Random(11);
        for (int round = 0; round < 60; round++)
        {
            byte[] damaged = [.. whole];
            random.NextBytes(damaged.AsSpan(random.Next(100, damaged.Length - 600), random.Next(1, 600)));
            File.WriteAllBytes(path, damaged);
            try
            {
                await ReadAllAsync(path);
            }
            catch (GalleryStoreException e)
            {
                Assert.Contains(path, e.Message, StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public async Task A_signature_of_the_wrong_length_is_named()
    {
        string path = _folder.File("gallery.db");
        await using SqliteGalleryStore store = SqliteGalleryStore.Open(path);
        await store.WriteAsync([Entry(new Painting("a"), 1), Entry(new Painting("b"), 2)], Token);
        (int id, _) = (await store.GetSignatureAsync(Space, "b", Token))!.Value;
        Execute(path, $"UPDATE signatures SET vector = x'00000000' WHERE id = {id}");

        GalleryStoreException e = await Assert.ThrowsAsync<GalleryStoreException>(() => store.ReadSignaturesAsync(Space, -1, Token).AsTask());
        Assert.Contains($"signature {id} ", e.Message, StringComparison.Ordinal);
        Assert.Contains(path, e.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<GalleryStoreException>(() => store.GetSignatureAsync(Space, "b", Token).AsTask());
        Assert.Equal(1, (await store.GetSignatureAsync(Space, "a", Token))!.Value.Vector[0]);
    }

    [Fact]
    public async Task A_signature_that_is_not_finite_is_named()
    {
        string path = _folder.File("gallery.db");
        await using SqliteGalleryStore store = SqliteGalleryStore.Open(path);
        await store.WriteAsync([Entry(new Painting("a"), 1)], Token);
        Execute(path, $"UPDATE signatures SET vector = x'0000C07F{new string('0', (Space.Dimensions - 1) * 8)}'");

        GalleryStoreException e = await Assert.ThrowsAsync<GalleryStoreException>(() => store.ReadSignaturesAsync(Space, -1, Token).AsTask());
        Assert.Contains("signature 1 ", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_ids_end_with_an_error_and_not_with_a_wrap()
    {
        string path = _folder.File("gallery.db");
        await using SqliteGalleryStore store = SqliteGalleryStore.Open(path);
        await store.WriteAsync([Entry(new Painting("a"), 1)], Token);
        Execute(path, $"UPDATE sqlite_sequence SET seq = {int.MaxValue - 1} WHERE name = 'signatures'");
        await store.WriteAsync([Entry(new Painting("last"), 2)], Token);
        Assert.Equal(int.MaxValue, (await store.GetSignatureAsync(Space, "last", Token))!.Value.Id);

        await Assert.ThrowsAsync<GalleryStoreException>(() => store.WriteAsync([Entry(new Painting("beyond"), 3)], Token).AsTask());
        Assert.Equal(2, await store.CountAsync(new PaintingFilter(), Token));
    }

    [Fact]
    public async Task Many_may_create_the_same_gallery_at_once_and_share_it()
    {
        for (int round = 0; round < 5; round++)
        {
            string path = _folder.File($"gallery {round}.db");
            using var start = new ManualResetEventSlim();
            Task<SqliteGalleryStore>[] opening = [.. Enumerable.Range(0, 6).Select(_ => Task.Factory.StartNew(
                () =>
                {
                    start.Wait(Token);
                    return SqliteGalleryStore.Open(path);
                },
                Token,
                TaskCreationOptions.LongRunning,
                TaskScheduler.Default))];
            start.Set();
            SqliteGalleryStore[] stores = await Task.WhenAll(opening);
            Assert.Single(stores.Select(s => s.Identity).Distinct());

            // Stores share nothing but the file, as processes do.
            await Task.WhenAll(stores.Select((store, i) => Task.Run(() => store.WriteAsync([Entry(new Painting($"w{i}"), i)], Token).AsTask(), Token)));
            Assert.Equal(6, Assert.Single(await stores[0].GetFeatureSpacesAsync(Token)).Count);
            Assert.Equal(6, (await stores[5].ReadSignaturesAsync(Space, cancellationToken: Token)).Count);
            Array.ForEach(stores, store => store.Dispose());
        }
    }

    [Fact]
    public async Task A_gallery_that_another_process_keeps_locked_says_so()
    {
        string path = _folder.File("gallery.db");
        await using SqliteGalleryStore store = SqliteGalleryStore.Open(path, new SqliteGalleryOptions { BusyTimeout = TimeSpan.FromMilliseconds(50) });
        await store.WriteAsync([Entry(new Painting("a"), 1)], Token);
        using (SqliteConnection other = Connect(path))
        {
            Execute(other, "BEGIN IMMEDIATE");
            GalleryStoreException e = await Assert.ThrowsAsync<GalleryStoreException>(() => store.WriteAsync([Entry(new Painting("b"), 1)], Token).AsTask());
            Assert.Contains("locked", e.Message, StringComparison.Ordinal);
            Assert.Equal(1, await store.CountAsync(new PaintingFilter(), Token));
            Execute(other, "ROLLBACK");
        }

        await store.WriteAsync([Entry(new Painting("b"), 1)], Token);
        Assert.Equal(2, await store.CountAsync(new PaintingFilter(), Token));
    }

    [Fact]
    public async Task An_unchanged_work_is_not_rewritten()
    {
        string path = _folder.File("gallery.db");
        await using SqliteGalleryStore store = SqliteGalleryStore.Open(path);
        var painting = new Painting("a") { Title = "t", Tags = ["x", "y"] };
        await store.WriteAsync([Entry(painting, 1)], Token);
        Execute(path, "CREATE TRIGGER no_update BEFORE UPDATE ON works BEGIN SELECT RAISE(ABORT, 'rewritten'); END");
        Execute(path, "CREATE TRIGGER no_delete BEFORE DELETE ON tags BEGIN SELECT RAISE(ABORT, 'rewritten'); END");

        await store.WriteAsync([Entry(painting with { Tags = ["x", "y"] }, 2)], Token);
        await Assert.ThrowsAsync<GalleryStoreException>(() => store.WriteAsync([Entry(painting with { Year = 1 }, 2)], Token).AsTask());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Every_session_flushes_each_commit_and_keeps_to_foreign_keys(bool readsOnly)
    {
        string path = _folder.File("gallery.db");
        SqliteGalleryStore.Open(path).Dispose();
        using SqliteSession session = new GalleryFile(path, TimeSpan.FromSeconds(7)).Open(SqliteOpenMode.ReadWrite, readsOnly);
        const int full = 2;
        Assert.Equal(full, session.Integer("PRAGMA synchronous"));
        Assert.Equal("wal", session.Text("PRAGMA journal_mode"));
        Assert.Equal(1, session.Integer("PRAGMA foreign_keys"));
        Assert.Equal(7000, session.Integer("PRAGMA busy_timeout"));
        Assert.Equal(readsOnly ? 1 : 0, session.Integer("PRAGMA query_only"));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(3601)]
    public void A_busy_timeout_out_of_range_is_refused(int seconds)
    {
        var options = new SqliteGalleryOptions { BusyTimeout = TimeSpan.FromSeconds(seconds) };
        Assert.Throws<ArgumentException>(() => SqliteGalleryStore.Open(_folder.File("gallery.db"), options));
        Assert.Throws<ArgumentException>(() => SqliteGalleryStore.Open(" "));
        Assert.Empty(Directory.GetFileSystemEntries(_folder.Path));
    }

    [Fact]
    public async Task The_log_stays_small_however_much_is_written()
    {
        string path = _folder.File("gallery.db");
        await using SqliteGalleryStore store = SqliteGalleryStore.Open(path);
        long largest = 0;
        for (int batch = 0; batch < 300; batch++)
        {
            await store.WriteAsync([.. Enumerable.Range(0, 60).Select(i => Entry(new Painting($"{batch}-{i}"), i))], Token);
            largest = Math.Max(largest, new FileInfo(path + "-wal").Length);
        }

        Assert.True(new FileInfo(path).Length > 20_000_000);
        Assert.True(largest < 16_777_216, $"the log grew to {largest} bytes");
    }

    [Theory]
    [InlineData("genre", "works_by_genre")]
    [InlineData("style", "works_by_style")]
    [InlineData("artist", "SEARCH labels USING PRIMARY KEY (name=? AND folded=?)")]
    [InlineData("field", "SEARCH labels USING PRIMARY KEY (name=? AND folded=?)")]
    [InlineData("year", "works_by_year")]
    [InlineData("tag", "works_by_tag")]
    [InlineData("key", "sqlite_autoindex_works_1")]
    public void Filters_use_an_index(string condition, string index)
    {
        string path = _folder.File("gallery.db");
        SqliteGalleryStore.Open(path).Dispose();
        PaintingFilter filter = condition switch
        {
            "style" => new PaintingFilter { Styles = ["a"] },
            "artist" => new PaintingFilter { Artists = ["a"] },
            "field" => new PaintingFilter { Fields = PaintingFields.Of(("museum", "a")) },
            "year" => new PaintingFilter { FromYear = 1 },
            "tag" => new PaintingFilter { Tags = ["a"] },
            "key" => new PaintingFilter { Keys = ["a"] },
            _ => new PaintingFilter { Genres = ["a"] },
        };
        var sql = new FilterSql(filter, 1, -1);
        using SqliteConnection connection = Connect(path);
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = $"EXPLAIN QUERY PLAN {sql.SelectSignatures}";
        for (int i = 0; i < sql.Arguments.Length; i++)
        {
            command.Parameters.AddWithValue($"${i + 1}", sql.Arguments[i]);
        }

        using SqliteDataReader row = command.ExecuteReader();
        var plan = new List<string>();
        while (row.Read())
        {
            plan.Add(row.GetString(3));
        }

        Assert.Contains(plan, line => line.Contains(index, StringComparison.Ordinal));

        // One signature is looked up for each work. By the index of the space alone, all signatures would be read for each work.
        Assert.Contains(plan, line => line.Contains("(work_id=? AND space_id=?)", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_process_killed_while_it_writes_loses_nothing_it_committed()
    {
        string path = _folder.File("gallery.db");
        var random = new Random(3);
        int reported = 0;
        for (int round = 0; round < 5; round++)
        {
            using Process writer = KilledWriter.Start(path);
            int until = reported + 1 + random.Next(25);
            while (reported < until && await writer.StandardOutput.ReadLineAsync(Token) is string line)
            {
                reported = int.Parse(line, System.Globalization.CultureInfo.InvariantCulture);
            }

            Assert.True(reported >= until, $"the writer ended by itself: {(writer.HasExited ? await writer.StandardError.ReadToEndAsync(Token) : "")}");
            await Task.Delay(random.Next(10), Token);
            writer.Kill();
            await writer.WaitForExitAsync(Token);

            // What it had reported before it died, or a little more that it could not report any more.
            int batches = await CheckWholeBatchesAsync(path, round);
            Assert.True(batches >= reported, $"{batches} batches are there, {reported} were committed");
            reported = batches;
        }
    }

    private static async Task<int> CheckWholeBatchesAsync(string path, int round)
    {
        await using SqliteGalleryStore store = SqliteGalleryStore.Open(path, new SqliteGalleryOptions { MustExist = true });
        using (SqliteConnection connection = Connect(path))
        using (SqliteCommand command = connection.CreateCommand())
        {
            command.CommandText = "PRAGMA integrity_check";
            Assert.Equal("ok", command.ExecuteScalar());
            command.CommandText = "PRAGMA foreign_key_check";
            Assert.Null(command.ExecuteScalar());
        }

        int works = await store.CountAsync(new PaintingFilter(), Token);
        Assert.Equal(0, works % KilledWriter.WorksPerBatch);
        int batches = works / KilledWriter.WorksPerBatch;
        foreach (FeatureSpaceSummary summary in await store.GetFeatureSpacesAsync(Token))
        {
            Assert.Equal(works, summary.Count);
            Assert.Equal(batches, summary.Version.Generation);
            VectorSet vectors = await store.ReadSignaturesAsync(summary.Space, cancellationToken: Token);
            IReadOnlyList<Painting?> paintings = await store.GetPaintingsAsync(summary.Space, vectors.Ids.ToArray(), Token);
            for (int i = 0; i < works; i++)
            {
                Assert.Equal(KilledWriter.Key(i), paintings[i]!.Key);
                Assert.Equal(KilledWriter.Vector(summary.Space, i), vectors[i].ToArray());
            }
        }

        Assert.True(batches > round, "the writer went on where it was killed");
        return batches;
    }

    private async Task<byte[]> MakeAsync(int works)
    {
        string path = _folder.File("whole.db");
        await using (SqliteGalleryStore store = SqliteGalleryStore.Open(path))
        {
            await store.WriteAsync([.. Enumerable.Range(0, works).Select(i => Entry(new Painting($"w{i}") { Title = $"Title {i}", Genre = "portrait", Tags = ["a", $"b{i}"] }, i))], Token);
        }

        return File.ReadAllBytes(path);
    }

    /// <summary>Opens a gallery and reads everything in it.</summary>
    private static async Task<int> ReadAllAsync(string path)
    {
        await using SqliteGalleryStore store = SqliteGalleryStore.Open(path, new SqliteGalleryOptions { MustExist = true });
        int works = await store.CountAsync(new PaintingFilter(), Token);
        await store.FindAsync([.. Enumerable.Range(0, 100).Select(i => $"w{i}")], Token);
        foreach (FeatureSpaceSummary summary in await store.GetFeatureSpacesAsync(Token))
        {
            VectorSet vectors = await store.ReadSignaturesAsync(summary.Space, cancellationToken: Token);
            await store.SelectAsync(summary.Space, new PaintingFilter { Genres = ["portrait"], Tags = ["a"] }, Token);
            await store.GetPaintingsAsync(summary.Space, vectors.Ids.ToArray(), Token);
        }

        await store.GetPropertyAsync("model", Token);
        return works;
    }

    private static GalleryStoreException Refused(string path, bool mustExist = false)
    {
        GalleryStoreException e = Assert.Throws<GalleryStoreException>(() => SqliteGalleryStore.Open(path, new SqliteGalleryOptions { MustExist = mustExist }));
        Assert.Contains(path, e.Message, StringComparison.Ordinal);
        return e;
    }

    private static GalleryEntry Entry(Painting painting, float value) =>
        new(painting, "hash", [new Signature(Space, Enumerable.Range(0, Space.Dimensions).Select(i => value + i).ToArray())]);

    private static SqliteConnection Connect(string path)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ConnectionString);
        connection.Open();
        return connection;
    }

    private static void Execute(string path, string sql)
    {
        using SqliteConnection connection = Connect(path);
        Execute(connection, sql);
    }

    private static void Execute(SqliteConnection connection, string sql)
    {
        using SqliteCommand command = connection.CreateCommand();
#pragma warning disable CA2100 // The texts of these tests.
        command.CommandText = sql;
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }
}
