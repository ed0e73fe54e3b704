using ArtSimilarity.Browsing;
using ArtSimilarity.Features;
using ArtSimilarity.Galleries;
using Xunit;

namespace ArtSimilarity.Tests.Browsing;

public sealed class GalleryBrowserTests
{
    private static readonly FeatureSpace Space = new("browsed", "none", 2);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Changes_are_seen_after_a_second_and_what_is_unchanged_is_not_read_again()
    {
        await using var store = new InMemoryGalleryStore();
        var clock = new ManualClock();
        using var browser = new GalleryBrowser(store, clock);
        Assert.Empty((await browser.CurrentAsync(Cancellation)).Works);
        await AddAsync(store, "b");
        await AddAsync(store, "a");
        clock.Advance(TimeSpan.FromSeconds(0.9));
        Assert.Empty((await browser.CurrentAsync(Cancellation)).Works);
        clock.Advance(TimeSpan.FromSeconds(0.2));
        BrowsedWorks works = await browser.CurrentAsync(Cancellation);
        Assert.Equal(["a", "b"], works.Works.Select(work => work.Painting.Key));
        Assert.Equal([Space], works.Find("a")!.Spaces);
        clock.Advance(TimeSpan.FromSeconds(5));
        Assert.Same(works, await browser.CurrentAsync(Cancellation));
        await store.RemoveAsync(["a"], Cancellation);
        clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(["b"], (await browser.CurrentAsync(Cancellation)).Works.Select(work => work.Painting.Key));
    }

    [Fact]
    public async Task What_was_just_committed_is_there_after_a_refresh()
    {
        await using var store = new InMemoryGalleryStore();
        using var browser = new GalleryBrowser(store, new ManualClock());
        Assert.Empty((await browser.CurrentAsync(Cancellation)).Works);
        await AddAsync(store, "a");
        BrowsedWorks works = await browser.RefreshAsync(Cancellation);
        Assert.Equal(["a"], works.Works.Select(work => work.Painting.Key));
        Assert.Same(works, await browser.CurrentAsync(Cancellation));
        Assert.Same(works, await browser.RefreshAsync(Cancellation));
    }

    [Fact]
    public async Task The_catalogue_is_read_anew_after_ten_minutes()
    {
        await using var store = new InMemoryGalleryStore();
        var clock = new ManualClock();
        using var browser = new GalleryBrowser(store, clock);
        await AddAsync(store, "a");
        BrowsedWorks works = await browser.CurrentAsync(Cancellation);
        clock.Advance(TimeSpan.FromMinutes(9));
        Assert.Same(works, await browser.CurrentAsync(Cancellation));
        clock.Advance(TimeSpan.FromMinutes(1.1));
        Assert.NotSame(works, await browser.CurrentAsync(Cancellation));
    }

    [Fact]
    public async Task Many_callers_at_once_read_once_and_one_may_give_up()
    {
        await using var store = new InMemoryGalleryStore();
        using var browser = new GalleryBrowser(store, new ManualClock());
        await AddAsync(store, "a");
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await browser.CurrentAsync(new CancellationToken(canceled: true)));
        BrowsedWorks[] all = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Task.Run(async () => await browser.CurrentAsync(Cancellation), Cancellation)));
        Assert.All(all, works => Assert.Same(all[0], works));
    }

    private static async Task AddAsync(InMemoryGalleryStore store, string key) =>
        await store.WriteAsync([new GalleryEntry(new Painting(key), $"hash of {key}", [new Signature(Space, new float[] { 1, 2 })])], Cancellation);
}
