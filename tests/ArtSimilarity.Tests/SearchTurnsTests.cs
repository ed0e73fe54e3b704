using ArtSimilarity.Features;
using ArtSimilarity.Galleries;
using Xunit;

namespace ArtSimilarity.Tests;

public sealed class SearchTurnsTests : IAsyncDisposable
{
    private static readonly FeatureSpace Space = new("a#1", "none", 4);
    private readonly InMemoryGalleryStore _store = new();
    private readonly FakeIndexProvider _provider = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    [Fact]
    public async Task No_more_searches_compute_at_the_same_time_than_the_option_says()
    {
        await using Gallery gallery = await CreateAsync(2);
        using var mayEnd = new SemaphoreSlim(0);
        int running = 0, most = 0;
        _provider.DuringSearch = () =>
        {
            int now = Interlocked.Increment(ref running);
            for (int seen = Volatile.Read(ref most); now > seen && Interlocked.CompareExchange(ref most, now, seen) != seen; seen = Volatile.Read(ref most))
            {
            }

            mayEnd.Wait(Cancellation);
            Interlocked.Decrement(ref running);
        };
        Task<GallerySearchResult>[] searches = [.. Enumerable.Range(0, 8).Select(i => Task.Run(() => SearchAsync(gallery, i, Cancellation), Cancellation))];
        while (Volatile.Read(ref running) < 2)
        {
            await Task.Delay(1, Cancellation);
        }

        // One that waits its turn keeps no thread, and can be cancelled.
        using var impatient = new CancellationTokenSource();
        Task<GallerySearchResult> waiting = SearchAsync(gallery, 3, impatient.Token);
        Assert.False(waiting.IsCompleted);
        await impatient.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);

        mayEnd.Release(searches.Length);
        foreach (GallerySearchResult found in await Task.WhenAll(searches))
        {
            Assert.Equal(3, found.Results.Count);
        }

        Assert.Equal(2, most);
    }

    [Fact]
    public async Task A_search_that_fails_gives_its_turn_back()
    {
        await using Gallery gallery = await CreateAsync(1);
        _provider.DuringSearch = () => throw new InvalidOperationException("broken");
        for (int i = 0; i < 3; i++)
        {
            await Assert.ThrowsAsync<InvalidOperationException>(() => SearchAsync(gallery, i, Cancellation));
        }

        _provider.DuringSearch = () => { };
        Assert.Equal(3, (await SearchAsync(gallery, 1, Cancellation)).Results.Count);
    }

    [Fact]
    public void At_least_one_search_must_be_allowed() => Assert.Throws<ArgumentOutOfRangeException>(
        () => new Gallery(_store, new PatternDecoder(), [], null, new GalleryOptions { MaxConcurrentSearches = 0 }));

    private static Task<GallerySearchResult> SearchAsync(Gallery gallery, int seed, CancellationToken cancellationToken) =>
        gallery.SearchAsync(new Signature(Space, VectorOf(seed)), 3, null, cancellationToken);

    private static float[] VectorOf(int seed) => [seed + 1, seed % 7, seed % 5, 1];

    private async Task<Gallery> CreateAsync(int maxConcurrentSearches)
    {
        await _store.WriteAsync([.. Enumerable.Range(0, 150).Select(i => new GalleryEntry(new Painting($"work-{i}"), $"hash-{i}", [new Signature(Space, VectorOf(i))]))], Cancellation);
        var gallery = new Gallery(_store, new PatternDecoder(), [], _provider, new GalleryOptions { ApproximateFrom = 100, MaxConcurrentSearches = maxConcurrentSearches });
        await gallery.PrepareAsync(Space, null, Cancellation);
        return gallery;
    }
}
