using ArtSimilarity.Galleries;
using ArtSimilarity.Sqlite.Caches;
using ArtSimilarity.Sqlite.Rows;
using Microsoft.Data.Sqlite;
using Xunit;

namespace ArtSimilarity.Sqlite.Tests;

public sealed class PaintingCacheTests : IDisposable
{
    private readonly SqliteConnection _connection = new("Data Source=:memory:");

    public PaintingCacheTests() => _connection.Open();

    public void Dispose() => _connection.Dispose();

    [Fact]
    public void A_work_comes_back_with_everything_that_its_row_says()
    {
        var cache = new PaintingCache(1, 1 << 20);
        Painting[] read = ReadAll(
            """
            SELECT 'full', 'Täuschung 絵', 'A', '["B","C"]', 'still life', '', -40, 'c. 40 BCE', -45, NULL, 'https://example.org/a.jpg', '["x","y:z"]', '{"museum":["Prado"]}'
            UNION ALL SELECT 'bare', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL
            """,
            (columns, id) => cache.Add(3, id, columns));
        for (int time = 0; time < 3; time++)
        {
            for (int id = 0; id < 2; id++)
            {
                Assert.True(cache.TryGet(3, id, out Painting? kept));
                Assert.Equal(read[id], kept);
            }
        }

        Assert.False(cache.TryGet(4, 0, out _));
        Assert.False(cache.TryGet(3, 2, out _));
    }

    [Fact]
    public void What_is_asked_for_again_is_one_object()
    {
        var cache = new PaintingCache(1, 1 << 20);
        Add(cache, 7);
        Painting[] found = [.. Enumerable.Range(0, 1000).Select(_ => cache.TryGet(1, 7, out Painting? work) ? work! : throw new InvalidOperationException("It is gone."))];
        Assert.All(found, work => Assert.Equal("7", work.Key));
        Assert.InRange(found.Distinct(ReferenceEqualityComparer.Instance).Count(), 1, 400);
        Assert.Same(found[^2], found[^1]);
    }

    [Fact]
    public void The_works_found_last_are_kept_and_no_more_than_fit()
    {
        var cache = new PaintingCache(1, 1 << 20);
        const int Count = 40_000; // of some 70 bytes: two and a half times what fits
        for (int id = 0; id < Count; id++)
        {
            Add(cache, id);
            Assert.True(cache.TryGet(1, id, out Painting? kept));
            Assert.Equal($"{id}", kept!.Key);
            Assert.True(cache.TryGet(1, 0, out _)); // asked for again and again
        }

        Assert.InRange(Enumerable.Range(0, Count).Count(id => cache.TryGet(1, id, out _)), 2_000, Count / 2);
    }

    [Fact]
    public void Nothing_is_kept_where_nothing_may_be()
    {
        var cache = new PaintingCache(1, 0);
        Add(cache, 1);
        Assert.False(cache.TryGet(1, 1, out _));
    }

    [Fact]
    public void A_work_that_is_too_long_is_not_kept()
    {
        var cache = new PaintingCache(1, 1 << 20);
        ReadAll($"SELECT 'a', '{new string('t', 200_000)}', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL", (columns, _) => cache.Add(1, 1, columns));
        Assert.False(cache.TryGet(1, 1, out _));
        Add(cache, 2);
        Assert.True(cache.TryGet(1, 2, out _));
    }

    [Fact]
    public void The_latest_state_counts()
    {
        var cache = new PaintingCache(1, 0);
        cache.Note(1, new SpaceVersion(6, 60));
        cache.Note(1, new SpaceVersion(5, 50));
        Assert.Equal(new SpaceVersion(6, 60), cache.VersionOf(1));
        cache.Note(1, new SpaceVersion(7, 70));
        Assert.Equal(new SpaceVersion(7, 70), cache.VersionOf(1));
    }

    [Fact]
    public async Task Readers_and_writers_at_once_see_whole_works()
    {
        var works = new CompactWorks(2 << 20);
        using var stop = new CancellationTokenSource(TimeSpan.FromMilliseconds(500));
        await Task.WhenAll(Enumerable.Range(0, 4).Select(thread => Task.Run(() =>
        {
            var random = new Random(thread);
            byte[] bytes = new byte[400];
            while (!stop.IsCancellationRequested)
            {
                int key = random.Next(1, 20_000);
                if (works.TryGet(key, out ReadOnlySpan<byte> found))
                {
                    Assert.Equal(key % 400, found.Length);
                    Assert.False(found.ContainsAnyExcept((byte)key));
                }
                else
                {
                    bytes.AsSpan(0, key % 400).Fill((byte)key);
                    works.Add(key, bytes.AsSpan(0, key % 400));
                }
            }
        })));
    }

    private void Add(PaintingCache cache, int id) =>
        ReadAll($"SELECT '{id}', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL", (columns, _) => cache.Add(1, id, columns));

    private Painting[] ReadAll(string sql, Action<SqliteColumns, int> add)
    {
        using SqliteCommand command = _connection.CreateCommand();
#pragma warning disable CA2100 // The tests' own texts.
        command.CommandText = sql;
#pragma warning restore CA2100
        using SqliteDataReader row = command.ExecuteReader();
        var read = new List<Painting>();
        while (row.Read())
        {
            read.Add(WorkRow.Read(row, 0));
            add(new SqliteColumns(row, 0), read.Count - 1);
        }

        return [.. read];
    }
}
