using System.Collections.Concurrent;
using ArtSimilarity.Features;
using ArtSimilarity.Galleries;
using ArtSimilarity.Imaging;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ArtSimilarity.Tests;

public sealed class QueryExtractionTests : IAsyncDisposable
{
    private readonly InMemoryGalleryStore _store = new();
    private readonly HookedDecoder _decoder = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task No_more_images_are_decoded_at_the_same_time_than_the_option_says(int most)
    {
        await using Gallery gallery = await CreateAsync(most);
        int running = 0, seen = 0;
        using var mayEnd = new SemaphoreSlim(0);
        _decoder.OnDecode = _ =>
        {
            int now = Interlocked.Increment(ref running);
            lock (_decoder)
            {
                seen = Math.Max(seen, now);
            }

            mayEnd.Wait(Cancellation);
            Interlocked.Decrement(ref running);
            return Task.CompletedTask;
        };
        Task<GallerySearchResult>[] searches = [.. Enumerable.Range(0, 12).Select(i => gallery.SearchAsync(PatternDecoder.Source(i), 1, null, Cancellation))];
        while (Volatile.Read(ref running) < most)
        {
            await Task.Delay(1, Cancellation);
        }

        // One that waits its turn can be cancelled, and a search by key needs no such turn.
        using var impatient = new CancellationTokenSource();
        Task<GallerySearchResult> waiting = gallery.SearchAsync(PatternDecoder.Source(3), 1, null, impatient.Token);
        await impatient.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        Assert.Single((await gallery.SearchByKeyAsync("work-1", 1, null, Cancellation)).Results);

        mayEnd.Release(searches.Length);
        GallerySearchResult[] found = await Task.WhenAll(searches);
        Assert.Equal(Enumerable.Range(0, 12).Select(i => $"work-{i}"), found.Select(result => result.Results[0].Painting.Key));
        Assert.Equal(most, seen);
        _decoder.AssertAllDisposed(12);
    }

    [Fact]
    public async Task Nothing_is_computed_on_the_thread_that_asks_or_on_the_thread_pools()
    {
        var extractor = new HookedExtractor();
        await using Gallery gallery = await CreateAsync(2, extractor);
        ConcurrentBag<(int Thread, bool IsPool)> threads = [];
        void Note() => threads.Add((Environment.CurrentManagedThreadId, Thread.CurrentThread.IsThreadPoolThread));

        // One that waits before it computes, and one that computes at once.
        _decoder.OnDecode = async _ =>
        {
            Note();
            await Task.Delay(1, Cancellation).ConfigureAwait(false);
        };
        extractor.OnExtract = Note;
        int caller = Environment.CurrentManagedThreadId;
        Task<GallerySearchResult> search = gallery.SearchAsync(PatternDecoder.Source(5), 1, null, Cancellation);
        await search;
        await gallery.ExtractAsync(PatternDecoder.Source(5), null, null, Cancellation);
        await gallery.AddAsync([new PaintingImage(new Painting("new"), PatternDecoder.Source(500))], null, Cancellation);
        Assert.Equal(6, threads.Count);
        Assert.All(threads, thread => Assert.False(thread.IsPool));
        Assert.DoesNotContain(threads, thread => thread.Thread == caller);
    }

    [Fact]
    public async Task A_decoder_that_waits_keeps_no_thread_and_a_failure_gives_the_turn_back()
    {
        await using Gallery gallery = await CreateAsync(1);
        _decoder.OnDecode = _ => throw new ImageDecodeException("x", ImageDecodeError.Corrupt, "broken");
        for (int i = 0; i < 3; i++)
        {
            await Assert.ThrowsAsync<ImageDecodeException>(() => gallery.SearchAsync(PatternDecoder.Source(i), 1, null, Cancellation));
        }

        using var stop = new CancellationTokenSource();
        _decoder.OnDecode = cancellation => Task.Delay(Timeout.Infinite, cancellation);
        Task<GallerySearchResult> remote = gallery.SearchAsync(PatternDecoder.Source(1), 1, null, stop.Token);
        Task<GallerySearchResult> next = gallery.SearchAsync(PatternDecoder.Source(2), 1, null, Cancellation);
        await Task.Delay(20, Cancellation);
        Assert.False(next.IsCompleted); // there is one turn only
        _decoder.OnDecode = _ => Task.CompletedTask;
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => remote);
        Assert.Equal("work-2", (await next).Results[0].Painting.Key);
    }

    [Fact]
    public async Task A_source_that_is_slow_to_read_keeps_nobody_from_a_turn()
    {
        await using Gallery gallery = await CreateAsync(1);
        var opened = new TaskCompletionSource<Stream>();
        Task<GallerySearchResult> slow = gallery.SearchAsync(ImageSource.FromStream(_ => new(opened.Task), "slow"), 1, null, Cancellation);
        Assert.Equal("work-7", (await gallery.SearchAsync(PatternDecoder.Source(7), 1, null, Cancellation)).Results[0].Painting.Key);
        Assert.False(slow.IsCompleted);
        opened.SetResult(new MemoryStream("pattern:8"u8.ToArray()));
        Assert.Equal("work-8", (await slow).Results[0].Painting.Key);
    }

    [Fact]
    public async Task Without_a_decoder_a_gallery_is_searched_by_key_and_signature_and_says_what_it_lacks()
    {
        await using (Gallery full = await CreateAsync(1))
        {
        }

        var services = new ServiceCollection();
        services.AddSingleton<IGalleryStore>(_store);
        services.AddArtSimilarity().AddClassicalFeatureExtractor();
        await using ServiceProvider provider = services.BuildServiceProvider();
        Gallery gallery = provider.GetRequiredService<Gallery>();
        GallerySearchResult byKey = await gallery.SearchByKeyAsync("work-3", 2, null, Cancellation);
        (int _, float[] vector) = (await _store.GetSignatureAsync(gallery.Extractors[0].Space, "work-3", Cancellation))!.Value;
        Assert.Equal(byKey.Results, (await gallery.SearchAsync(new Signature(gallery.Extractors[0].Space, vector), 3, null, Cancellation)).Results.Skip(1));
        foreach (Func<Task> ask in new Func<Task>[]
        {
            () => gallery.SearchAsync(PatternDecoder.Source(1), 1, null, Cancellation),
            () => gallery.ExtractAsync(PatternDecoder.Source(1), null, null, Cancellation),
            () => gallery.SearchByKeyAsync("work-1", 1, new GallerySearchOptions { Region = new ImageRegion(0, 0, 0.5, 1) }, Cancellation),
            () => gallery.AddAsync([new PaintingImage(new Painting("a"), PatternDecoder.Source(1))], null, Cancellation),
        })
        {
            Assert.Contains("no image decoder", (await Assert.ThrowsAsync<InvalidOperationException>(ask)).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_region_of_a_work_is_opened_by_the_opener_in_the_size_it_needs()
    {
        var opener = new PatternOpener();
        await _store.WriteAsync([new GalleryEntry(new Painting("a") { ImageUri = "pattern://11" }, null, [])], Cancellation);
        await using var gallery = new Gallery(_store, _decoder, [new ClassicalFeatureExtractor()], null, null, null, opener);
        await gallery.AddAsync([.. Enumerable.Range(0, 20).Select(i => new PaintingImage(new Painting(i == 11 ? "a" : $"work-{i}") { ImageUri = $"pattern://{i}" }, PatternDecoder.Source(i)))], null, Cancellation);
        var left = new ImageRegion(0, 0, 0.5, 0.8);
        GallerySearchResult found = await gallery.SearchByKeyAsync("a", 5, new GallerySearchOptions { Region = left, IncludeQuery = true }, Cancellation);
        GallerySearchResult expected = await gallery.SearchAsync(PatternDecoder.Source(11), 5, new GallerySearchOptions { Region = left }, Cancellation);
        Assert.Equal(expected.Results, found.Results);
        Assert.Equal([("pattern://11", new ImageSize(512, 320))], opener.Opened);

        // Without an opener of its own a gallery opens files alone.
        await using var files = new Gallery(_store, _decoder, [new ClassicalFeatureExtractor()]);
        var e = await Assert.ThrowsAsync<ImageDecodeException>(() => files.SearchByKeyAsync("a", 5, new GallerySearchOptions { Region = left }, Cancellation));
        Assert.Equal((ImageDecodeError.Refused, "pattern://11"), (e.Error, e.ImageName));
    }

    [Fact]
    public void At_least_one_extraction_must_be_allowed() => Assert.Throws<ArgumentOutOfRangeException>(
        () => new Gallery(_store, _decoder, [], null, new GalleryOptions { MaxConcurrentExtractions = 0 }));

    private async Task<Gallery> CreateAsync(int maxConcurrentExtractions, IFeatureExtractor? extractor = null)
    {
        var gallery = new Gallery(
            _store, _decoder, [extractor ?? new ClassicalFeatureExtractor()], null, new GalleryOptions { MaxConcurrentExtractions = maxConcurrentExtractions, MaxDegreeOfParallelism = 2 });
        await gallery.AddAsync([.. Enumerable.Range(0, 20).Select(i => new PaintingImage(new Painting($"work-{i}") { ImageUri = $"{i}.pattern" }, PatternDecoder.Source(i)))], null, Cancellation);
        _decoder.Clear();
        return gallery;
    }

    /// <summary>Tells when it decodes, and remembers what it gave.</summary>
    private sealed class HookedDecoder : IImageDecoder
    {
        private readonly ConcurrentQueue<RgbImage> _images = new();

        public Func<CancellationToken, Task> OnDecode { get; set; } = _ => Task.CompletedTask;

        public async ValueTask<RgbImage> DecodeAsync(ImageSource source, ImageSize? minimumSize = null, ImageRegion? region = null, CancellationToken cancellationToken = default)
        {
            await OnDecode(cancellationToken).ConfigureAwait(false);
            RgbImage image = PatternDecoder.Decode(source, minimumSize, region, cancellationToken);
            _images.Enqueue(image);
            return image;
        }

        public void Clear() => _images.Clear();

        public void AssertAllDisposed(int count)
        {
            Assert.Equal(count, _images.Count);
            Assert.All(_images, image => Assert.Throws<ObjectDisposedException>(() => { _ = image.Pixels; }));
        }
    }

    private sealed class HookedExtractor() : ComputingExtractor(new FeatureSpace("hooked", "as is", 3), new ImageSize(8, 8))
    {
        public Action OnExtract { get; set; } = () => { };

        protected override void Extract(ReadOnlySpan<RgbImage> images, Span<float> signatures, CancellationToken cancellationToken)
        {
            OnExtract();
            signatures.Fill(1);
        }
    }

    private sealed class PatternOpener : IImageOpener
    {
        public List<(string Uri, ImageSize? Size)> Opened { get; } = [];

        public async ValueTask<ImageSource> OpenAsync(string imageUri, ImageSize? minimumSize = null, CancellationToken cancellationToken = default)
        {
            await Task.Yield();
            Opened.Add((imageUri, minimumSize));
            return PatternDecoder.Source(int.Parse(imageUri["pattern://".Length..], System.Globalization.CultureInfo.InvariantCulture));
        }
    }
}
