using ArtSimilarity.Features;
using ArtSimilarity.Galleries;
using ArtSimilarity.Indexing;
using Microsoft.Extensions.Logging;
using Xunit;

namespace ArtSimilarity.Tests;

/// <summary>A gallery whose index lies in a server.</summary>
public sealed class RemoteIndexTests : IAsyncDisposable
{
    private const int Count = 150;
    private static readonly FeatureSpace Space = new("a/model: of, some name", "none", 6), Other = new("other", "none", 4);
    private readonly InMemoryGalleryStore _store = new();
    private readonly RemoteIndexProvider _server = new();
    private readonly ListLogger _log = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    [Fact]
    public async Task It_is_built_searched_kept_in_step_opened_again_and_closed()
    {
        await WriteAsync(0, Count);
        await using (Gallery gallery = Create())
        {
            await gallery.PrepareAsync(Space, null, Cancellation);
            await AssertAnswersAreTheStoresAsync(gallery);
            await WriteAsync(Count, 10);
            await WriteAsync(5, 3, seedOffset: 1000);
            await _store.RemoveAsync(["work-1", "work-151", "work-6"], Cancellation);
            await AssertAnswersAreTheStoresAsync(gallery);
            Assert.Equal((1, 1), (_server.Builds, _server.Open));
            Assert.True(_server.Searches >= 10);
        }

        Assert.Equal(0, _server.Open);
        await using Gallery again = Create();
        await AssertAnswersAreTheStoresAsync(again);
        Assert.Equal((1, 1), (_server.Builds, _server.Open));
        await WriteAsync(500, 60); // above a fifth: built anew
        await again.PrepareAsync(Space, null, Cancellation);
        await AssertAnswersAreTheStoresAsync(again);
        Assert.Equal(2, _server.Builds);
    }

    [Fact]
    public async Task Filters_and_removed_works_reach_it()
    {
        await WriteAsync(0, Count);
        await using Gallery gallery = Create();
        await gallery.PrepareAsync(Space, null, Cancellation);
        await _store.RemoveAsync(["work-3"], Cancellation);
        var options = new GallerySearchOptions { Filter = new PaintingFilter { Keys = ["work-2", "work-3", "work-4"] } };
        GallerySearchResult found = await gallery.SearchAsync(new Signature(Space, VectorOf(Space, 3)), 10, options, Cancellation);
        Assert.False(found.IsExact);
        Assert.Equal(["work-2", "work-4"], found.Results.Select(result => result.Painting.Key).Order());
        Assert.True((await gallery.SearchAsync(new Signature(Space, VectorOf(Space, 3)), 10, new GallerySearchOptions { Quality = 1 }, Cancellation)).IsExact);
        await Assert.ThrowsAsync<NotSupportedException>(() => gallery.SearchAsync(new Signature(Space, VectorOf(Space, 3)), 10, new GallerySearchOptions { Quality = 0.9 }, Cancellation));
    }

    [Fact]
    public async Task Several_spaces_are_searched_in_it()
    {
        await WriteAsync(0, 3000);
        await WriteAsync(0, 3000, space: Other);
        await using Gallery gallery = Create();
        await gallery.PrepareAsync(Space, null, Cancellation);
        await gallery.PrepareAsync(Other, null, Cancellation);
        Signature[] query = [new(Space, VectorOf(Space, 7)), new(Other, VectorOf(Other, 7))];
        SpaceWeight[] both = [new(Space, 1), new(Other, 2)];
        for (int round = 0; round < 3; round++)
        {
            GallerySearchResult found = await gallery.SearchAsync(query, 5, new GallerySearchOptions { Spaces = both }, Cancellation);
            GallerySearchResult truth = await gallery.SearchAsync(query, 5, new GallerySearchOptions { Spaces = both, Quality = 1 }, Cancellation);
            Assert.Equal(truth.Results, found.Results);
            await WriteAsync(3000 + (10 * round), 10);
            await WriteAsync(3000 + (10 * round), 10, space: Other);
            await _store.RemoveAsync([truth.Results[0].Painting.Key], Cancellation);
        }
    }

    [Fact]
    public async Task While_the_server_does_not_answer_searches_are_exact_and_the_log_says_why()
    {
        await WriteAsync(0, Count);
        _server.IsDown = true;
        await using Gallery gallery = Create();
        for (int i = 0; i < 3; i++)
        {
            await AssertAnswersAreTheStoresAsync(gallery, isExact: true);
        }

        while (!_log.Entries.Any(entry => entry.Level == LogLevel.Error))
        {
            await Task.Delay(1, Cancellation); // until the build that the searches began has failed
        }

        await Assert.ThrowsAsync<TimeoutException>(() => gallery.PrepareAsync(Space, null, Cancellation));
        Assert.Contains(_log.Entries, entry => entry.Level == LogLevel.Warning && entry.Message.Contains("does not answer", StringComparison.Ordinal));
        Assert.IsType<TimeoutException>(Assert.Single(_log.Entries, entry => entry.Level == LogLevel.Error).Cause);
        _server.IsDown = false;
        await gallery.PrepareAsync(Space, null, Cancellation);
        await AssertAnswersAreTheStoresAsync(gallery);
    }

    [Fact]
    public async Task A_search_of_it_can_be_cancelled()
    {
        await WriteAsync(0, Count);
        await using Gallery gallery = Create();
        await gallery.PrepareAsync(Space, null, Cancellation);
        using var source = new CancellationTokenSource();
        Task<GallerySearchResult> search = gallery.SearchAsync(new Signature(Space, VectorOf(Space, 3)), 10, null, source.Token);
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => search);
        await AssertAnswersAreTheStoresAsync(gallery);
    }

    private static float[] VectorOf(FeatureSpace space, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, space.Dimensions).Select(_ => random.NextSingle() - 0.5f)];
    }

    private Gallery Create() => new(_store, new PatternDecoder(), [], _server, new GalleryOptions { ApproximateFrom = 100 }, _log);

    private async Task WriteAsync(int first, int count, int seedOffset = 0, FeatureSpace? space = null) =>
        await _store.WriteAsync(
            [.. Enumerable.Range(first, count).Select(i => new GalleryEntry(new Painting($"work-{i}"), $"hash-{i}", [new Signature(space ?? Space, VectorOf(space ?? Space, i + seedOffset))]))],
            Cancellation);

    private async Task AssertAnswersAreTheStoresAsync(Gallery gallery, bool isExact = false)
    {
        VectorSet vectors = await _store.ReadSignaturesAsync(Space, -1, Cancellation);
        using var flat = new FlatIndex(vectors, ArtSimilarity.Metrics.SimilarityMetrics.Angular);
        foreach (int seed in new[] { 0, 3, 6, 151, 1005 })
        {
            var expected = new Neighbor[15];
            flat.Search(VectorOf(Space, seed), expected);
            IReadOnlyList<Painting?> paintings = await _store.GetPaintingsAsync(Space, [.. expected.Select(neighbor => neighbor.Id)], Cancellation);
            GallerySearchResult found = await gallery.SearchAsync(new Signature(Space, VectorOf(Space, seed)), 15, null, Cancellation);
            Assert.Equal(isExact, found.IsExact);
            Assert.Equal(paintings.Select(painting => painting!.Key), found.Results.Select(result => result.Painting.Key));
        }
    }
}
