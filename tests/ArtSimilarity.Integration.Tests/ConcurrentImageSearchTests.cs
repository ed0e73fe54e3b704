using System.Collections.Concurrent;
using System.Diagnostics;
using ArtSimilarity.Galleries;
using ArtSimilarity.Imaging;
using ArtSimilarity.NetVips;
using ArtSimilarity.Onnx;
using ArtSimilarity.TestSupport;
using Xunit;

namespace ArtSimilarity.Integration.Tests;

public sealed class ConcurrentImageSearchTests
{
    private const int Searches = 32;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Many_searches_by_image_at_once_take_turns_let_timers_tick_and_leave_nothing_behind_when_cancelled()
    {
        string[] pictures = [.. Directory.EnumerateFiles(Path.Combine(SharedData.Require("paintings"), "images")).Order(StringComparer.Ordinal).Take(Searches)];
        using var extractor = new OnnxFeatureExtractor(new OnnxFeatureExtractorOptions { ModelPath = SharedData.Require("models/mobilenetv2-gluon-features.onnx") });
        var decoder = new WatchedDecoder();
        int gate = Environment.ProcessorCount;
        await using var store = new InMemoryGalleryStore();
        await using var gallery = new Gallery(store, decoder, [extractor], null, new GalleryOptions { MaxConcurrentExtractions = gate });
        Assert.Equal(Searches, (await gallery.AddAsync(pictures.Select(file => new PaintingImage(new Painting(file), ImageSource.FromFile(file))), null, Cancellation)).Added);
        decoder.AssertAllDisposed();

        using var ticking = new Ticking();
        decoder.Begin();
        await SearchAllAsync(gallery, pictures, cancelled: 0);
        Assert.InRange(decoder.Most, 1, gate);

        // Every second one is cancelled while it waits, decodes or infers.
        for (int round = 1; round <= 3; round++)
        {
            await SearchAllAsync(gallery, pictures, cancelled: round);
        }

        // All turns have been given back: as many as ever compute at once again, and no picture is left.
        decoder.Begin();
        using var met = new Barrier(gate);
        decoder.DuringDecode = () => Assert.True(met.SignalAndWait(TimeSpan.FromMinutes(1), Cancellation), "a turn was lost");
        await Task.WhenAll(Enumerable.Range(0, gate).Select(i => gallery.SearchAsync(ImageSource.FromFile(pictures[i]), 1, null, Cancellation)));
        Assert.Equal(gate, decoder.Most);
        decoder.AssertAllDisposed();
        Assert.InRange(ticking.Longest, TimeSpan.Zero, TimeSpan.FromSeconds(1));
        Assert.True(ticking.Count > 10, $"the timer ticked {ticking.Count} times");
    }

    private static async Task SearchAllAsync(Gallery gallery, string[] pictures, int cancelled)
    {
        using var stop = new CancellationTokenSource();
        Task<GallerySearchResult>[] searches = [.. pictures.Select((file, i) => gallery.SearchAsync(
            ImageSource.FromFile(file), 3, null, cancelled > 0 && i % 2 == 0 ? stop.Token : Cancellation))];
        if (cancelled > 0)
        {
            await Task.WhenAny(searches);
            await stop.CancelAsync();
        }

        int found = 0;
        for (int i = 0; i < searches.Length; i++)
        {
            try
            {
                GallerySearchResult result = await searches[i];
                Assert.Equal(pictures[i], result.Results[0].Painting.Key);
                Assert.Equal(0, result.Results[0].Distance, 1e-3f);
                found++;
            }
            catch (OperationCanceledException) when (cancelled > 0 && i % 2 == 0)
            {
            }
        }

        Assert.InRange(found, cancelled > 0 ? Searches / 2 : Searches, Searches);
    }

    /// <summary>Decodes with libvips; knows how many do so at once, and every picture it gave.</summary>
    private sealed class WatchedDecoder : IImageDecoder
    {
        private readonly NetVipsImageDecoder _decoder = new();
        private readonly ConcurrentQueue<RgbImage> _images = new();
        private readonly Lock _lock = new();
        private int _running;

        public int Most { get; private set; }

        public Action DuringDecode { get; set; } = () => { };

        public async ValueTask<RgbImage> DecodeAsync(ImageSource source, ImageSize? minimumSize = null, ImageRegion? region = null, CancellationToken cancellationToken = default)
        {
            lock (_lock)
            {
                Most = Math.Max(Most, ++_running);
            }

            try
            {
                DuringDecode();
                RgbImage image = await _decoder.DecodeAsync(source, minimumSize, region, cancellationToken);
                _images.Enqueue(image);
                return image;
            }
            finally
            {
                lock (_lock)
                {
                    _running--;
                }
            }
        }

        public void Begin()
        {
            lock (_lock)
            {
                Most = 0;
            }
        }

        public void AssertAllDisposed()
        {
            Assert.NotEmpty(_images);
            Assert.All(_images, image => Assert.Throws<ObjectDisposedException>(() => { _ = image.Pixels; }));
            _images.Clear();
        }
    }

    /// <summary>A timer of the thread pool, and the longest time between two of its ticks.</summary>
    private sealed class Ticking : IDisposable
    {
        private readonly Lock _lock = new();
        private readonly Timer _timer;
        private long _last = Stopwatch.GetTimestamp();

        public Ticking() => _timer = new Timer(_ => Tick(), null, 0, 10);

        public TimeSpan Longest { get; private set; }

        public int Count { get; private set; }

        public void Dispose() => _timer.Dispose();

        private void Tick()
        {
            lock (_lock)
            {
                TimeSpan gap = Stopwatch.GetElapsedTime(_last);
                _last = Stopwatch.GetTimestamp();
                Longest = gap > Longest ? gap : Longest;
                Count++;
            }
        }
    }
}
