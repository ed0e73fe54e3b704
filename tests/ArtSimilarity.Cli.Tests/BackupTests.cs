using System.Text.Json;
using ArtSimilarity.Features;
using ArtSimilarity.Galleries;
using ArtSimilarity.Imaging;
using ArtSimilarity.Sqlite;
using Microsoft.Data.Sqlite;

namespace ArtSimilarity.Cli.Tests;

/// <summary>Copies of galleries, and what is found in damaged ones.</summary>
public sealed class BackupTests(PaintedGallery painted)
{
    [Fact]
    public async Task A_copy_is_a_gallery_of_the_same_works()
    {
        using var scratch = new ScratchFolder();
        JsonElement backup = (await CliRun.Of("backup", scratch["copy.db"], "-g", painted.Gallery, "--json")).Json();
        Assert.Equal(scratch["copy.db"], backup.GetProperty("copy").GetString());
        Assert.Equal(PaintedGallery.Count, (await CliRun.Of("info", "-g", scratch["copy.db"], "--json")).Json().GetProperty("works").GetInt32());
        CliRun sound = await CliRun.Of("verify", "-g", scratch["copy.db"]);
        Assert.Equal(0, sound.ExitCode);
        Assert.Contains("is sound", sound.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_copy_replaces_no_gallery_unless_it_may()
    {
        using var scratch = new ScratchFolder();
        await CliRun.Of("backup", scratch["copy.db"], "-g", painted.Gallery);
        byte[] before = await File.ReadAllBytesAsync(scratch["copy.db"], TestContext.Current.CancellationToken);
        CliRun again = await CliRun.Of("backup", scratch["copy.db"], "-g", painted.Gallery);
        Assert.Equal(2, again.ExitCode);
        Assert.Contains("--force", again.Error, StringComparison.Ordinal);
        Assert.Equal(before, await File.ReadAllBytesAsync(scratch["copy.db"], TestContext.Current.CancellationToken));
        Assert.Equal(0, (await CliRun.Of("backup", scratch["copy.db"], "-g", painted.Gallery, "--force")).ExitCode);
        Assert.Equal(2, (await CliRun.Of("backup", painted.Gallery, "-g", painted.Gallery, "--force")).ExitCode);
    }

    [Fact]
    public async Task Damage_is_named_and_fails()
    {
        using var scratch = new ScratchFolder();
        string gallery = scratch["g.db"];
        await CliRun.Of("backup", gallery, "-g", painted.Gallery);
        using (var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = gallery, Pooling = false }.ConnectionString))
        {
            await connection.OpenAsync(TestContext.Current.CancellationToken);
            using SqliteCommand command = connection.CreateCommand();
            command.CommandText = "UPDATE works SET title = title || 'x' WHERE key = 'art002'";
            await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        }

        CliRun run = await CliRun.Of("verify", "-g", gallery);
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("Work 'art002' has another checksum.", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_index_of_regions_is_held_against_an_exact_search_too()
    {
        using var scratch = new ScratchFolder();
        string gallery = scratch["g.db"];
        await CliRun.Of("backup", gallery, "-g", painted.Gallery);
        await AddRegionsAsync(gallery, 40);

        CliRun sound = await CliRun.Of("verify", "-g", gallery, "--json");
        Assert.True(sound.ExitCode == 0, sound.Output + sound.Error);
        JsonElement index = Assert.Single(sound.Json().GetProperty("indexes").EnumerateArray());
        Assert.Equal(("classical", "1+16+49", 50), (index.GetProperty("model").GetString(), index.GetProperty("regions").GetString(), index.GetProperty("searches").GetInt32()));
        Assert.InRange(index.GetProperty("recall").GetDouble(), 0.8, 1);
        Assert.Contains("The index of classical, regions 1+16+49 finds ", (await CliRun.Of("verify", "-g", gallery)).Output, StringComparison.Ordinal);

        // The signatures change places behind the back of the index. Checksums do not cover their numbers.
        using (var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = gallery, Pooling = false }.ConnectionString))
        {
            await connection.OpenAsync(TestContext.Current.CancellationToken);
            using SqliteCommand command = connection.CreateCommand();
            command.CommandText =
                """
                CREATE TEMP TABLE turned AS SELECT space_id, min(id) + max(id) AS ends FROM signatures GROUP BY space_id ORDER BY count(*) DESC LIMIT 1;
                UPDATE signatures SET id = -id WHERE space_id = (SELECT space_id FROM turned);
                UPDATE signatures SET id = (SELECT ends FROM turned) + id WHERE id < 0;
                """;
            await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        }

        CliRun damaged = await CliRun.Of("verify", "-g", gallery);
        Assert.Equal(1, damaged.ExitCode);
        Assert.Contains("The index of classical, regions 1+16+49 finds 0.", damaged.Output, StringComparison.Ordinal);
        Assert.Contains("The index of classical, regions 1+16+49 has another distance for ", damaged.Output, StringComparison.Ordinal);
    }

    /// <summary>Adds works with signatures of regions, so many that these have an index.</summary>
    private static async Task AddRegionsAsync(string gallery, int works)
    {
        await using SqliteGalleryStore store = SqliteGalleryStore.Open(gallery);
        FeatureSpace whole = (await store.GetFeatureSpacesAsync(TestContext.Current.CancellationToken))[0].Space, space = RegionLayout.Default.SpaceOf(whole);
        var random = new Random(7);
        Signature Draw(FeatureSpace of, ImageRegion? region) => new(of, Enumerable.Range(0, of.Dimensions).Select(_ => random.NextSingle()).ToArray()) { Region = region };
        await store.WriteAsync(
            [.. Enumerable.Range(0, works).Select(i => new GalleryEntry(new Painting($"w{i}"), $"hash {i}", [Draw(whole, null), .. RegionLayout.Default.Regions.Select(region => Draw(space, region))]))],
            TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Damage_of_the_structure_is_told_in_sentences_and_not_without_end()
    {
        using var scratch = new ScratchFolder();
        string gallery = scratch["g.db"];
        await CliRun.Of("backup", gallery, "-g", painted.Gallery);
        using (var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = gallery, Pooling = false }.ConnectionString))
        {
            await connection.OpenAsync(TestContext.Current.CancellationToken);
            using SqliteCommand command = connection.CreateCommand();

            // The index is there and empty: each work is missing from it.
            command.CommandText =
                """
                PRAGMA writable_schema = ON;
                CREATE TABLE spare (year INTEGER);
                CREATE INDEX empty ON spare (year) WHERE year IS NOT NULL;
                UPDATE sqlite_schema SET rootpage = (SELECT rootpage FROM sqlite_schema WHERE name = 'empty') WHERE name = 'works_by_year';
                DELETE FROM sqlite_schema WHERE name = 'empty';
                """;
            await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        }

        CliRun run = await CliRun.Of("verify", "-g", gallery);
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("Row 1 is missing from the index 'works_by_year'.\n", run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("***", run.Output, StringComparison.Ordinal);
        Assert.Matches(@"And \d+ more; --json lists up to a hundred\.", run.Output);
        Assert.All(run.Output.TrimEnd().Split('\n')[..^1], line => Assert.Matches(@"^\p{Lu}.*\.$", line));
        Assert.InRange(run.Output.Split('\n').Length, 21, 24);
    }

    [Fact]
    public async Task An_older_gallery_is_upgraded_and_the_user_told_where_the_copy_is()
    {
        using var scratch = new ScratchFolder();
        File.Copy(Path.Combine(AppContext.BaseDirectory, "Fixtures", "gallery-schema-1.db"), scratch["g.db"]);
        CliRun run = await CliRun.Of("info", "-g", scratch["g.db"]);
        Assert.Equal(0, run.ExitCode);
        Assert.Contains("g.db.schema-1", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("upgraded", (await CliRun.Of("info", "-g", scratch["g.db"])).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_tuning_of_the_index_that_was_named_annoy_is_read_on()
    {
        using var scratch = new ScratchFolder();
        File.Copy(Path.Combine(AppContext.BaseDirectory, "Fixtures", "gallery-schema-2.db"), scratch["g.db"]);
        CliRun run = await CliRun.Of("info", "-g", scratch["g.db"], "--json");
        JsonElement tuning = run.Json().GetProperty("spaces").EnumerateArray().Single(space => space.GetProperty("dimensions").GetInt32() == 8).GetProperty("tuning");
        Assert.Equal((10, 3000), (tuning.GetProperty("maxK").GetInt32(), tuning.GetProperty("works").GetInt32()));
    }
}
