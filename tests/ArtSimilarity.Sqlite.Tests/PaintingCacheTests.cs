using Xunit;

namespace ArtSimilarity.Sqlite.Tests;

public class PaintingCacheTests
{
    [Fact]
    public void A_work_is_kept_when_it_is_read_for_the_second_time()
    {
        var seen = new SeenKeys(100);
        var cache = new PaintingCache(1, 100, seen);
        var work = new Painting("a");
        cache.Add(1, 7, work);
        Assert.False(cache.TryGet(1, 7, out _));
        cache.Add(1, 7, work);
        Assert.True(cache.TryGet(1, 7, out Painting? kept));
        Assert.Same(work, kept);
        Assert.False(cache.TryGet(2, 7, out _));

        // What was read before the catalogue changed need not be read twice again.
        var next = new PaintingCache(2, 100, seen);
        next.Add(1, 7, work);
        Assert.True(next.TryGet(1, 7, out _));
    }

    [Fact]
    public void Keys_are_told_apart()
    {
        var seen = new SeenKeys(10_000);
        Assert.Equal(10_000, Enumerable.Range(0, 10_000).Count(key => seen.IsFirstTime(((long)key << 32) | (uint)(key * 31))));
        Assert.InRange(Enumerable.Range(0, 10_000).Count(key => seen.IsFirstTime(((long)key << 32) | (uint)(key * 31))), 0, 4_500); // those that others took the place of
    }

    [Fact]
    public void No_more_works_are_kept_than_is_asked_for()
    {
        var cache = new PaintingCache(1, 100, new SeenKeys(100));
        for (int id = 0; id < 1000; id++)
        {
            cache.Add(1, id, new Painting($"{id}"));
            cache.Add(1, id, new Painting($"{id}"));
        }

        Assert.InRange(Enumerable.Range(0, 1000).Count(id => cache.TryGet(1, id, out _)), 80, 100);
        var none = new PaintingCache(1, 0, new SeenKeys(0));
        none.Add(1, 1, new Painting("1"));
        none.Add(1, 1, new Painting("1"));
        Assert.False(none.TryGet(1, 1, out _));
    }
}
