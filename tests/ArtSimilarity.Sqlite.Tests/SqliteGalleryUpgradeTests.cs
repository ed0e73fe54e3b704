using System.Diagnostics;
using ArtSimilarity.Features;
using ArtSimilarity.Galleries;
using ArtSimilarity.Sqlite.Rows;
using ArtSimilarity.Sqlite.Migrations;
using ArtSimilarity.Testing;
using Microsoft.Data.Sqlite;
using Xunit;

namespace ArtSimilarity.Sqlite.Tests;

/// <summary>
/// Galleries that older versions wrote. The files in Fixtures must open for ever; <c>gallery-schema-1.db</c> was made by artsim of the last
/// commit with schema 1, from pictures that <c>artsim demo</c> paints and a catalogue of twelve works, one of which was removed again.
/// <c>gallery-schema-2.db</c> was made by the store of the last commit with schema 2 and with an index named annoy: twenty works with
/// random signatures, one of which was removed again, and a tuning. <c>gallery-schema-3.db</c> was made by artsim of the last commit with
/// schema 3, from six small pictures and a catalogue in which names have typographic punctuation or not.
/// </summary>
public sealed class SqliteGalleryUpgradeTests : IDisposable
{
    private static readonly FeatureSpace Classical = new("classical-1", "256x256 squash triangle", 620);
    private static readonly FeatureSpace Genre = new(
        "genre-mobilenetv2@5ee19f0f6aa1", "224x224 squash triangle rgb nchw scale 0.003921569 mean 0.485,0.456,0.406 std 0.229,0.224,0.225", 512);

    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static string Schema1 => Fixture(1);

    private static string Fixture(int schema) => Path.Combine(AppContext.BaseDirectory, "Fixtures", $"gallery-schema-{schema}.db");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_gallery_of_schema_1_is_upgraded_and_answers_as_before()
    {
        string path = Copy(Schema1);
        await using SqliteGalleryStore store = SqliteGalleryStore.Open(path, new SqliteGalleryOptions { MustExist = true });
        Assert.Equal(path + ".schema-1", store.UpgradeBackupPath);
        Assert.Equal(File.ReadAllBytes(Schema1).Length, new FileInfo(store.UpgradeBackupPath!).Length);
        Assert.Equal([(Classical, 11), (Genre, 11)], (await store.GetFeatureSpacesAsync(Token)).Select(summary => (summary.Space, summary.Count)));
        Assert.Empty(await store.VerifyAsync(null, Token));
        Assert.Equal("classical", await store.GetPropertyAsync("model", Token));
        Assert.Equal("genre-mobilenetv2", await store.GetPropertyAsync($"model:{Genre}", Token));
        Painting work = (await store.FindAsync(["w03"], Token))["w03"].Painting;
        Assert.Equal(
            new Painting("w03") { Title = "Title, 3 “quoted”", Artist = "Albrecht Du\u0308rer", Genre = "portrait", Year = 1820, ImageUri = "/paintings/images/art003.webp", Tags = ["medium:oil"] },
            work);
        Assert.Equal(3, await store.CountAsync(new PaintingFilter { Artists = ["albrecht durer"] }, Token));
        Assert.Equal(2, (await store.SelectAsync(Genre, new PaintingFilter { Tags = ["Museum:PRADO"], Keys = ["w01", "w02", "w05"] }, Token)).Count);

        // What artsim of schema 1 answered, with --exact.
        await using var gallery = new Gallery(store, null, []);
        await ExpectAsync(gallery, Classical, "w01", ("w03", 0.7131942f), ("w04", 0.71334785f), ("w08", 0.76198417f), ("w05", 0.7857802f), ("w11", 0.81986845f));
        await ExpectAsync(gallery, Classical, "w02", ("w09", 0.6759911f), ("w11", 0.7968725f), ("w08", 0.8052508f), ("w04", 0.81163716f), ("w03", 0.8498955f));
        await ExpectAsync(gallery, Genre, "w01", ("w02", 0.94842285f), ("w07", 0.9889944f), ("w09", 1.0195713f), ("w03", 1.0721874f), ("w06", 1.0786371f));
        await ExpectAsync(gallery, Genre, "w05", ("w08", 1.1197351f), ("w04", 1.1250664f), ("w06", 1.1412021f), ("w07", 1.1462494f), ("w01", 1.1532203f));

        // The twelfth work's ids are gone for good.
        int highest = (await store.ReadSignaturesAsync(Genre, -1, Token)).Ids[^1];
        await store.WriteAsync([new GalleryEntry(new Painting("new"), "h", [new Signature(Genre, new float[512])])], Token);
        Assert.True((await store.GetSignatureAsync(Genre, "new", Token))!.Value.Id > highest + 1);
    }

    [Fact]
    public async Task A_gallery_of_schema_2_is_upgraded_and_answers_as_before()
    {
        var model = new FeatureSpace("model-a@0123456789ab", "64x64 squash triangle", 8);
        var classical = new FeatureSpace("classical-1", "256x256 squash triangle", 5);
        string path = Copy(Fixture(2));
        await using SqliteGalleryStore store = SqliteGalleryStore.Open(path, new SqliteGalleryOptions { MustExist = true });
        Assert.Equal(path + ".schema-2", store.UpgradeBackupPath);
        Assert.Equal("2", Query(store.UpgradeBackupPath!, "PRAGMA user_version"));
        Assert.Equal([(model, 19), (classical, 17)], (await store.GetFeatureSpacesAsync(Token)).Select(summary => (summary.Space, summary.Count)));
        Assert.Empty(await store.VerifyAsync(null, Token));
        Assert.Equal(
            new Painting("w05")
            {
                Title = "Title 5 “quoted”", Artist = "ALBRECHT DU\u0308RER", Genre = "Landscape", ImageUri = "/paintings/images/art005.jpg", Tags = ["museum:Louvre", "medium:oil", "date:c. 1650"],
            },
            (await store.FindAsync(["w05"], Token))["w05"].Painting);

        // What the code of schema 2 answered.
        (PaintingFilter Filter, int Works, int Selected)[] filters =
        [
            (new() { Artists = ["albrecht durer"] }, 9, 9), (new() { Genres = ["LANDSCAPE"] }, 12, 11), (new() { Tags = ["Museum:PRADO"] }, 5, 4),
            (new() { FromYear = 1600 }, 8, 7), (new() { Artists = ["paul cezanne"], Styles = ["baroque"] }, 5, 4),
        ];
        foreach ((PaintingFilter filter, int works, int selected) in filters)
        {
            Assert.Equal((works, selected), (await store.CountAsync(filter, Token), (await store.SelectAsync(classical, filter, Token)).Count));
        }

        await using var gallery = new Gallery(store, null, []);
        await ExpectAsync(gallery, model, "w01", ("w08", 0.75188553f), ("w12", 0.7772673f), ("w10", 0.9827013f), ("w18", 0.98809886f), ("w19", 1.049805f));
        await ExpectAsync(gallery, model, "w07", ("w17", 0.84035856f), ("w13", 0.89798987f), ("w14", 0.9158744f), ("w06", 0.96848935f), ("w16", 1.035072f));
        await ExpectAsync(gallery, classical, "w02", ("w04", 0.34009296f), ("w11", 0.48196864f), ("w12", 0.5218366f), ("w08", 0.5931069f), ("w03", 0.622639f));
        await ExpectAsync(gallery, classical, "w16", ("w09", 0.79956585f), ("w18", 0.817098f), ("w03", 0.8785341f), ("w05", 0.90359354f), ("w12", 1.040945f));

        // What was measured is kept under the name that the index has now.
        Assert.Null(await store.GetPropertyAsync($"tuning.annoy:{model}", Token));
        Assert.StartsWith("""{"version":1,"count":3000,"dimensions":8,"points":[{"k":10,""", await store.GetPropertyAsync($"tuning.fastscan:{model}", Token), StringComparison.Ordinal);
        Assert.Equal("/models/model-a.onnx", await store.GetPropertyAsync("model", Token));

        // What is new can be written to it.
        Painting work = (await store.FindAsync(["w05"], Token))["w05"].Painting with { Artists = ["Dürer", "Schongauer"], Fields = PaintingFields.Of(("museum", "Prado")) };
        await store.WriteAsync([new GalleryEntry(work, null, [])], Token);
        Assert.Equal(work, (await store.FindAsync(["w05"], Token))["w05"].Painting);
        Assert.Equal(1, await store.CountAsync(new PaintingFilter { Artists = ["schongauer"], Fields = PaintingFields.Of(("Museum", "PRADO")) }, Token));
        Assert.Equal(8, await store.CountAsync(new PaintingFilter { Artists = ["albrecht durer"] }, Token));
        Assert.Empty(await store.VerifyAsync(null, Token));
    }

    [Fact]
    public async Task A_gallery_of_schema_3_is_upgraded_and_finds_names_whatever_their_punctuation()
    {
        string path = Copy(Fixture(3));
        await using SqliteGalleryStore store = SqliteGalleryStore.Open(path);
        Assert.Equal(path + ".schema-3", store.UpgradeBackupPath);
        Assert.Equal([(Classical, 6)], (await store.GetFeatureSpacesAsync(Token)).Select(summary => (summary.Space, summary.Count)));
        Assert.Empty(await store.VerifyAsync(null, Token));
        Painting first = (await store.FindAsync(["w0"], Token))["w0"].Painting;
        Assert.Equal(("Dermod O’Brien", "people’s portrait", "l’art nouveau"), (first.Artist, first.Genre, first.Style));
        Assert.Equal(["Musée d’Orsay"], first.Fields["museum"]);
        (PaintingFilter Filter, int Works)[] filters =
        [
            (new() { Artists = ["dermod o'brien"] }, 2), (new() { Artists = ["DERMOD O’BRIEN"] }, 2), (new() { Artists = ["Toulouse-Lautrec"] }, 2), (new() { Artists = ["dürer"] }, 2),
            (new() { Genres = ["people's portrait"] }, 2), (new() { Styles = ["l'art nouveau"] }, 2), (new() { Styles = ["fin-de-siecle"] }, 2), (new() { Tags = ["sitter:O'Brien"] }, 1),
            (new() { Fields = PaintingFields.Of(("museum", "musee d'orsay")) }, 2), (new() { Fields = PaintingFields.Of(("owner's note", "a-b")) }, 2),
        ];
        foreach ((PaintingFilter filter, int works) in filters)
        {
            Assert.Equal((works, works), (await store.CountAsync(filter, Token), (await store.SelectAsync(Classical, filter, Token)).Count));
        }

        // What was written before can be changed and removed: no old form is left behind.
        await store.WriteAsync([new GalleryEntry(first with { Artists = ["Monet"], Genre = null }, null, [])], Token);
        Assert.Equal(1, await store.CountAsync(new PaintingFilter { Artists = ["Dermod O'Brien"] }, Token));
        await store.RemoveAsync(["w1"], Token);
        Assert.Equal(0, await store.CountAsync(new PaintingFilter { Artists = ["Dermod O'Brien"] }, Token));
        Assert.Empty(await store.VerifyAsync(null, Token));
    }

    [Fact]
    public async Task A_gallery_of_schema_4_is_upgraded_keeps_its_signatures_and_takes_regions()
    {
        string path = Copy(Fixture(4));
        string before = Query(path, "SELECT group_concat(id || ' ' || space_id || ' ' || work_id || ' ' || checksum || ' ' || hex(vector), char(10)) FROM (SELECT * FROM signatures ORDER BY id)");
        string last = Query(path, "SELECT seq FROM sqlite_sequence WHERE name = 'signatures'");
        await using SqliteGalleryStore store = SqliteGalleryStore.Open(path);
        Assert.Equal(path + ".schema-4", store.UpgradeBackupPath);
        Assert.Equal(before, Query(path, "SELECT group_concat(id || ' ' || space_id || ' ' || work_id || ' ' || checksum || ' ' || hex(vector), char(10)) FROM (SELECT * FROM signatures ORDER BY id)"));
        Assert.Equal(last, Query(path, "SELECT seq FROM sqlite_sequence WHERE name = 'signatures'"));
        Assert.Empty(await store.VerifyAsync(null, Token));

        StoredWork work = (await store.FindAsync(["w0"], Token))["w0"];
        (_, float[] whole) = (await store.GetSignatureAsync(Classical, "w0", Token))!.Value;
        FeatureSpace regions = RegionLayout.Default.SpaceOf(Classical);
        Signature[] signatures = [.. RegionLayout.Default.Regions.Select(region => new Signature(regions, whole) { Region = region })];
        await store.WriteAsync([new GalleryEntry(work.Painting, work.ContentHash, signatures)], Token);
        Assert.Empty(await store.VerifyAsync(null, Token));
        Assert.Equal(whole, (await store.GetSignatureAsync(Classical, "w0", Token))!.Value.Vector);

        // A region that flipped a bit is found.
        Query(path, "UPDATE signatures SET region = x'00000000000000000000000000000000000000000000d03f000000000000d03f' WHERE length(region) > 0 AND id = (SELECT max(id) FROM signatures)");
        Assert.Single(await store.VerifyAsync(null, Token));
    }

    [Fact]
    public async Task The_files_of_former_indexes_go_and_nothing_else_does()
    {
        string path = Copy(Fixture(2)), derived = path + ".index";
        string[] stay = ["mine.annoy", "short.annoy", "model-12345678.fastscan", "model.annoy.txt"];
        Directory.CreateDirectory(Path.Combine(derived, "folder.annoy"));
        File.WriteAllBytes(Path.Combine(derived, "model-12345678.annoy"), [.. "ARTSFRST"u8, .. new byte[1000]]);
        File.WriteAllBytes(Path.Combine(derived, "mine.annoy"), new byte[1000]);
        File.WriteAllBytes(Path.Combine(derived, "short.annoy"), [.. "ARTS"u8]);
        File.WriteAllBytes(Path.Combine(derived, "model-12345678.fastscan"), [.. "ARTSFRST"u8]);
        File.WriteAllBytes(Path.Combine(derived, "model.annoy.txt"), [.. "ARTSFRST"u8]);
        File.WriteAllBytes(_folder.File("beside.annoy"), [.. "ARTSFRST"u8]);
        await SqliteGalleryStore.Open(path).DisposeAsync();
        Assert.Equal([.. stay.Append("folder.annoy").Order(StringComparer.Ordinal)], Directory.GetFileSystemEntries(derived).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.True(File.Exists(_folder.File("beside.annoy")));

        // A gallery that need not be upgraded leaves all as it is.
        File.WriteAllBytes(Path.Combine(derived, "model-12345678.annoy"), [.. "ARTSFRST"u8, .. new byte[1000]]);
        await SqliteGalleryStore.Open(path).DisposeAsync();
        Assert.True(File.Exists(Path.Combine(derived, "model-12345678.annoy")));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task An_upgraded_gallery_has_the_tables_and_pages_of_a_new_one(int schema)
    {
        string upgraded = Copy(Fixture(schema)), fresh = _folder.File("fresh.db");
        await SqliteGalleryStore.Open(upgraded).DisposeAsync();
        await SqliteGalleryStore.Open(fresh).DisposeAsync();
        Assert.Equal(Layout(fresh), Layout(upgraded));
        Assert.Equal([fresh, upgraded, $"{upgraded}.schema-{schema}"], Directory.GetFileSystemEntries(_folder.Path).Order(StringComparer.Ordinal));

        // Opening once more upgrades nothing.
        await using SqliteGalleryStore again = SqliteGalleryStore.Open(upgraded);
        Assert.Null(again.UpgradeBackupPath);
    }

    [Fact]
    public async Task A_copy_that_is_there_already_is_kept()
    {
        string path = Copy(Schema1);
        File.WriteAllText(path + ".schema-1", "something of the owner's");
        await using SqliteGalleryStore store = SqliteGalleryStore.Open(path);
        Assert.Equal(path + ".schema-1-2", store.UpgradeBackupPath);
        Assert.Equal("something of the owner's", File.ReadAllText(path + ".schema-1"));
    }

    [Fact]
    public async Task Many_may_open_an_old_gallery_at_once_and_one_upgrades_it()
    {
        string path = Copy(Schema1);
        SqliteGalleryStore[] stores = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => Task.Run(() => SqliteGalleryStore.Open(path), Token)));
        Assert.Single(stores, store => store.UpgradeBackupPath is not null);
        foreach (SqliteGalleryStore store in stores)
        {
            Assert.Equal(11, await store.CountAsync(new PaintingFilter(), Token));
        }

        Array.ForEach(stores, store => store.Dispose());
    }

    [Theory]
    [InlineData(1, 11)]
    [InlineData(2, 19)]
    public async Task Killed_in_the_middle_of_the_upgrade_a_gallery_is_whole(int schema, int works)
    {
        string path = _folder.File("gallery.db");
        var random = new Random(4);
        int killedBefore = 0;
        for (int round = 0; round < 6; round++)
        {
            foreach (string file in Directory.GetFiles(_folder.Path))
            {
                File.Delete(file);
            }

            MakeLarge(path, schema);
            using (Process upgrader = KilledUpgrade.Start(path))
            {
                await upgrader.StandardOutput.ReadLineAsync(Token);
                await Task.Delay(random.Next(60), Token);
                upgrader.Kill();
                await upgrader.WaitForExitAsync(Token);
            }

            killedBefore += Query(path, "PRAGMA user_version") == (schema == 1 ? "1" : "2") ? 1 : 0;
            await using SqliteGalleryStore store = SqliteGalleryStore.Open(path);
            Assert.Equal(works + KilledUpgrade.FurtherWorks, await store.CountAsync(new PaintingFilter(), Token));
            Assert.Equal(schema == 1 ? 0 : 1, await store.CountAsync(new PaintingFilter { Artists = ["ARTIST 17"] }, Token));
            Assert.Empty(await store.VerifyAsync(null, Token));
        }

        Assert.True(killedBefore > 0, "every kill came too late");
    }

    [Fact]
    public async Task An_old_gallery_that_may_not_be_written_says_what_to_do()
    {
        string path = Copy(Schema1);
        byte[] before = File.ReadAllBytes(path);
        GalleryStoreException e = Assert.Throws<GalleryStoreException>(() => SqliteGalleryStore.Open(path, new SqliteGalleryOptions { ReadOnly = true }));
        Assert.Contains("has to be upgraded first", e.Message, StringComparison.Ordinal);
        Assert.Equal(before, await File.ReadAllBytesAsync(path, Token));
    }

    [Fact]
    public void Steps_lead_from_version_to_version()
    {
        int current = MigrationSteps.CurrentVersion;
        Assert.Equal(Enumerable.Range(0, current), MigrationSteps.All.Select(step => step.From));
        foreach (int start in Enumerable.Range(0, current))
        {
            Migration[] steps = [.. MigrationSteps.Since(start)];
            Assert.Equal(start, steps[0].From);
            Assert.Equal(current, steps[^1].To);
            Assert.Equal(steps[1..].Select(step => step.From), steps[..^1].Select(step => step.To));
        }

        Assert.Empty(MigrationSteps.Since(current));
    }

    /// <summary>The file is for readers. After a new step it is written anew: what this test prints as the actual text, under the same first lines.</summary>
    [Fact]
    public void The_written_down_schema_is_that_of_a_new_gallery()
    {
        string path = _folder.File("new.db");
        SqliteGalleryStore.Open(path).Dispose();
        string written = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Fixtures", "gallery-schema.sql")).ReplaceLineEndings("\n");
        string[] lines = written.Split('\n');
        Assert.Contains($"schema {MigrationSteps.CurrentVersion}", lines[0], StringComparison.Ordinal);
        string tables = string.Join('\n', lines.SkipWhile(line => line.StartsWith("--", StringComparison.Ordinal)));
        string actual = Query(path, "SELECT group_concat(sql || ';', char(10)) FROM (SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT GLOB 'sqlite_*' ORDER BY tbl_name, type DESC, name)");
        Assert.True(tables.Trim() == actual.ReplaceLineEndings("\n").Trim(), actual);
    }

    private static async Task ExpectAsync(Gallery gallery, FeatureSpace space, string key, params (string Key, float Distance)[] expected)
    {
        GallerySearchResult found = await gallery.SearchByKeyAsync(key, expected.Length, new GallerySearchOptions { Spaces = [space], Quality = 1 }, Token);
        Assert.Equal(expected.Select(work => work.Key), found.Results.Select(result => result.Painting.Key));
        Assert.All(expected.Zip(found.Results), pair => Assert.Equal(pair.First.Distance, pair.Second.Distance, 1e-6f));
    }

    private static string Layout(string path) =>
        Query(path, "SELECT group_concat(sql, char(10)) FROM (SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY name)").Replace("\"", "", StringComparison.Ordinal)
        + Query(path, "PRAGMA page_size") + Query(path, "PRAGMA journal_mode") + Query(path, "PRAGMA application_id");

    private static string Query(string path, string sql)
    {
        using var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ConnectionString);
        connection.Open();
        connection.CreateFunction(
            "work_checksum",
            (long id, string key, string title, string artist, string hash) => RowChecksum.OfWork2(id, key, title, artist, null, null, null, null, hash, null));
        using SqliteCommand command = connection.CreateCommand();
#pragma warning disable CA2100 // The texts of these tests.
        command.CommandText = sql;
#pragma warning restore CA2100
        return Convert.ToString(command.ExecuteScalar(), System.Globalization.CultureInfo.InvariantCulture)!;
    }

    /// <summary>So many more works that an upgrade takes long enough to be killed in the middle.</summary>
    private static void MakeLarge(string path, int schema)
    {
        File.Copy(Fixture(schema), path, overwrite: true);
        string numbers = $"PRAGMA synchronous = OFF; WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {KilledUpgrade.FurtherWorks})";
        Query(path, schema == 1
            ? $"""
            {numbers}
            INSERT INTO works (key, title, content_hash) SELECT 'further ' || i, 'Title ' || i, 'hash ' || i FROM n;
            INSERT INTO signatures (space_id, work_id, vector) SELECT 2, id, (SELECT vector FROM signatures WHERE space_id = 2 LIMIT 1) FROM works WHERE key LIKE 'further %';
            UPDATE feature_spaces SET signature_count = signature_count + {KilledUpgrade.FurtherWorks} WHERE id = 2;
            """
            : $"""
            {numbers}
            INSERT INTO works (id, key, title, artist, artist_folded, content_hash, checksum)
            SELECT 1000 + i, 'further ' || i, 'Title ' || i, 'Artist ' || i, 'artist ' || i, 'hash ' || i, work_checksum(1000 + i, 'further ' || i, 'Title ' || i, 'Artist ' || i, 'hash ' || i) FROM n;
            """);
    }

    private string Copy(string fixture)
    {
        string path = _folder.File("gallery.db");
        File.Copy(fixture, path);
        return path;
    }
}
