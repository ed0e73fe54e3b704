using System.Collections.Concurrent;
using ArtSimilarity.Features;
using ArtSimilarity.Galleries;
using ArtSimilarity.Imaging;
using ArtSimilarity.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ArtSimilarity.Tests;

public sealed class GalleryTests : IAsyncDisposable
{
    private readonly InMemoryGalleryStore _store = new();
    private readonly Gallery _gallery;

    public GalleryTests() => _gallery = Create(new ClassicalFeatureExtractor());

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        await _gallery.DisposeAsync();
        await _store.DisposeAsync();
    }

    [Fact]
    public async Task A_work_is_found_by_its_own_image()
    {
        AddReport report = await _gallery.AddAsync(Works(100), null, Cancellation);
        Assert.Equal((100, 0, 0), (report.Added, report.Skipped, report.Failures.Count));
        GallerySearchResult result = await _gallery.SearchAsync(PatternDecoder.Source(42), 5, null, Cancellation);
        Assert.Equal("work-42", result.Results[0].Painting.Key);
        Assert.Equal(0, result.Results[0].Distance, 1e-3f);
        Assert.Equal(1, result.Results[0].Similarity, 1e-3f);
        Assert.Equal(5, result.Results.Count);
        Assert.True(result.IsExact);
    }

    [Fact]
    public async Task A_search_by_key_leaves_the_work_itself_out_unless_it_is_wanted()
    {
        await _gallery.AddAsync(Works(30), null, Cancellation);
        GallerySearchResult without = await _gallery.SearchByKeyAsync("work-7", 29, null, Cancellation);
        GallerySearchResult with = await _gallery.SearchByKeyAsync("work-7", 30, new GallerySearchOptions { IncludeQuery = true }, Cancellation);
        Assert.Equal(29, without.Results.Count);
        Assert.DoesNotContain(without.Results, result => result.Painting.Key == "work-7");
        Assert.Equal("work-7", with.Results[0].Painting.Key);
        Assert.Equal(without.Results.Select(result => result.Painting.Key), with.Results.Skip(1).Select(result => result.Painting.Key));
    }

    [Fact]
    public async Task A_filter_gives_as_many_as_there_are()
    {
        await _gallery.AddAsync(Works(40), null, Cancellation);
        var options = new GallerySearchOptions { Filter = new PaintingFilter { Genres = ["GENRE-3"] } };
        GallerySearchResult result = await _gallery.SearchAsync(PatternDecoder.Source(1), 100, options, Cancellation);
        Assert.Equal(10, result.Results.Count);
        Assert.All(result.Results, found => Assert.Equal("genre-3", found.Painting.Genre));
    }

    [Fact]
    public async Task A_region_is_searched_by_that_detail()
    {
        await _gallery.AddAsync(Works(20), null, Cancellation);
        var left = new ImageRegion(0, 0, 0.5, 1);
        using RgbImage decoded = PatternDecoder.Decode(PatternDecoder.Source(3), null, left, Cancellation);
        float[] expected = new float[_gallery.Extractors[0].Space.Dimensions];
        await _gallery.Extractors[0].ExtractAsync(new[] { decoded }, expected, Cancellation);
        GallerySearchResult byImage = await _gallery.SearchAsync(PatternDecoder.Source(3), 5, new GallerySearchOptions { Region = left }, Cancellation);
        GallerySearchResult bySignature = await _gallery.SearchAsync(new Signature(_gallery.Extractors[0].Space, expected), 5, null, Cancellation);
        Assert.Equal(bySignature.Results, byImage.Results);
    }

    [Fact]
    public async Task Adding_again_skips_what_is_there_and_updates_what_the_catalogue_says()
    {
        await _gallery.AddAsync(Works(50), null, Cancellation);
        AddReport again = await _gallery.AddAsync(Works(50), null, Cancellation);
        Assert.Equal((0, 0, 50), (again.Added, again.Updated, again.Skipped));
        AddReport renamed = await _gallery.AddAsync([new PaintingImage(new Painting("work-5") { Title = "New" }, PatternDecoder.Source(5))], null, Cancellation);
        Assert.Equal((0, 1, 1), (renamed.Added, renamed.Updated, renamed.Skipped));
        Assert.Equal("New", (await _store.FindAsync(["work-5"], Cancellation))["work-5"].Painting.Title);
    }

    [Fact]
    public async Task A_changed_image_replaces_the_signature()
    {
        await _gallery.AddAsync(Works(10), null, Cancellation);
        await _gallery.SearchAsync(PatternDecoder.Source(1), 1, null, Cancellation); // the index is open
        AddReport report = await _gallery.AddAsync([new PaintingImage(new Painting("work-5"), PatternDecoder.Source(999))], null, Cancellation);
        Assert.Equal(1, report.Added);
        GallerySearchResult result = await _gallery.SearchAsync(PatternDecoder.Source(999), 10, null, Cancellation);
        Assert.Equal("work-5", result.Results[0].Painting.Key);
        Assert.Equal(10, result.Results.Count);
    }

    [Fact]
    public async Task What_is_added_or_removed_is_seen_by_the_next_search()
    {
        await _gallery.AddAsync(Works(10), null, Cancellation);
        Assert.Equal("work-4", (await _gallery.SearchAsync(PatternDecoder.Source(4), 1, null, Cancellation)).Results[0].Painting.Key);
        Assert.Equal(1, await _gallery.RemoveAsync(["work-4", "unknown"], Cancellation));
        Assert.NotEqual("work-4", (await _gallery.SearchAsync(PatternDecoder.Source(4), 1, null, Cancellation)).Results[0].Painting.Key);
        await _gallery.AddAsync(Works(12), null, Cancellation);
        GallerySearchResult result = await _gallery.SearchAsync(PatternDecoder.Source(11), 50, null, Cancellation);
        Assert.Equal("work-11", result.Results[0].Painting.Key);
        Assert.Equal(12, result.Results.Count);
    }

    [Fact]
    public async Task A_bad_image_is_reported_and_the_rest_goes_on()
    {
        List<PaintingImage> works = [.. Works(40)];
        works[13] = new PaintingImage(new Painting("broken"), ImageSource.FromBytes(new byte[] { 1, 2, 3 }, "broken.jpg"));
        works[20] = new PaintingImage(new Painting("missing"), ImageSource.FromFile("no-such-file.jpg"));
        works[30] = new PaintingImage(new Painting("work-1"), PatternDecoder.Source(77));
        var reports = new ConcurrentQueue<AddProgress>();
        AddReport report = await _gallery.AddAsync(works, new Recorder(reports), Cancellation);
        Assert.Equal(37, report.Added);
        Assert.Equal(["broken", "missing", "work-1"], report.Failures.Select(failure => failure.Key));
        Assert.Equal("not a pattern", report.Failures[0].Reason);
        Assert.Equal("no-such-file.jpg", report.Failures[1].ImageName);
        AddProgress last = reports.Last();
        Assert.Equal((37, 3, 40, 40), (last.Added, last.Failed, last.Done, last.Total));
    }

    [Fact]
    public async Task A_cancelled_run_keeps_what_was_committed_and_the_next_one_finishes_it()
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        IEnumerable<PaintingImage> CancelAfter(int count) => Works(400).Select((work, i) =>
        {
            if (i == count)
            {
                stop.Cancel();
            }

            return work;
        });

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _gallery.AddAsync(CancelAfter(250), null, stop.Token));
        int kept = await _store.CountAsync(new PaintingFilter(), Cancellation);
        Assert.InRange(kept, 1, 399);
        AddReport report = await _gallery.AddAsync(Works(400), null, Cancellation);
        Assert.Equal((400 - kept, kept), (report.Added, report.Skipped));
    }

    [Fact]
    public async Task Works_are_committed_in_the_order_given()
    {
        await _gallery.AddAsync(Works(300), null, Cancellation);
        FeatureSpace space = _gallery.Extractors[0].Space;
        int[] ids = (await _store.SelectAsync(space, new PaintingFilter(), Cancellation)).ToArray();
        IReadOnlyList<Painting?> paintings = await _store.GetPaintingsAsync(space, ids, Cancellation);
        Assert.Equal(Works(300).Select(work => work.Painting.Key), paintings.Select(painting => painting!.Key));
    }

    [Fact]
    public async Task A_failing_extractor_ends_the_run_with_its_exception()
    {
        await using Gallery gallery = Create(new FailingExtractor());
        InvalidOperationException e = await Assert.ThrowsAsync<InvalidOperationException>(() => gallery.AddAsync(Works(500), null, Cancellation));
        Assert.Equal("the model is broken", e.Message);
        Assert.Equal(0, await _store.CountAsync(new PaintingFilter(), Cancellation));
    }

    [Fact]
    public async Task A_picture_the_extractor_cannot_cope_with_is_reported_and_its_batch_goes_on()
    {
        await using Gallery gallery = Create(new ClassicalFeatureExtractor(), new SqueamishExtractor());
        AddReport report = await gallery.AddAsync(Works(40), null, Cancellation);
        Assert.Equal(39, report.Added);
        Assert.Equal(("work-17", "not this one"), (report.Failures.Single().Key, report.Failures.Single().Reason));
        Assert.Equal([39, 39], (await _store.GetFeatureSpacesAsync(Cancellation)).Select(space => space.Count));
    }

    [Fact]
    public async Task A_work_that_no_store_can_keep_is_reported_and_its_batch_goes_on()
    {
        List<PaintingImage> works = [.. Works(20)];
        works[3] = new PaintingImage(new Painting("work-3") { Title = "half \uD800 a character" }, works[3].Image);
        AddReport report = await _gallery.AddAsync(works, null, Cancellation);
        Assert.Equal(19, report.Added);
        Assert.Contains("title", report.Failures.Single().Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Options_changed_later_have_no_effect()
    {
        var options = new GalleryOptions();
        await using var gallery = new Gallery(_store, new PatternDecoder(), [new ClassicalFeatureExtractor()], null, options);
        options.MaxImageBytes = 1;
        options.Metric = SimilarityMetrics.Euclidean;
        await gallery.AddAsync(Works(3), null, Cancellation);
        Assert.Equal(3, (await gallery.SearchAsync(PatternDecoder.Source(1), 3, null, Cancellation)).Results.Count);
    }

    [Fact]
    public async Task A_query_image_longer_than_allowed_is_refused()
    {
        await using var gallery = new Gallery(_store, new PatternDecoder(), [new ClassicalFeatureExtractor()], null, new GalleryOptions { MaxImageBytes = 5 });
        ImageDecodeException e = await Assert.ThrowsAsync<ImageDecodeException>(() => gallery.SearchAsync(PatternDecoder.Source(1), 3, null, Cancellation));
        Assert.Equal(ImageDecodeError.LimitExceeded, e.Error);
    }

    [Fact]
    public async Task A_disposed_gallery_says_so()
    {
        await _gallery.AddAsync(Works(3), null, Cancellation);
        await _gallery.SearchByKeyAsync("work-1", 1, null, Cancellation);
        _gallery.Dispose();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => _gallery.SearchByKeyAsync("work-1", 1, null, Cancellation));
    }

    [Fact]
    public async Task An_exception_while_listing_the_works_comes_through()
    {
        static IEnumerable<PaintingImage> Broken() => Works(100).Concat(Enumerable.Range(0, 1).Select<int, PaintingImage>(_ => throw new FormatException("line 101")));
        await Assert.ThrowsAsync<FormatException>(() => _gallery.AddAsync(Broken(), null, Cancellation));
    }

    [Fact]
    public async Task Two_feature_spaces_live_side_by_side()
    {
        await _gallery.AddAsync(Works(20), null, Cancellation);
        var brightness = new BrightnessExtractor();
        await using Gallery both = Create(new ClassicalFeatureExtractor(), brightness);
        AddReport report = await both.AddAsync(Works(25), null, Cancellation);
        Assert.Equal((25, 0), (report.Added, report.Skipped)); // 20 lacked the second space, 5 lacked both
        IReadOnlyList<FeatureSpaceSummary> spaces = await _store.GetFeatureSpacesAsync(Cancellation);
        Assert.Equal([25, 25], spaces.Select(space => space.Count));
        GallerySearchResult classical = await both.SearchByKeyAsync("work-3", 5, null, Cancellation);
        GallerySearchResult bright = await both.SearchByKeyAsync("work-3", 5, new GallerySearchOptions { Spaces = [brightness.Space] }, Cancellation);
        Assert.Equal(620, Assert.Single(classical.Spaces).Space.Dimensions);
        Assert.Equal([brightness.Space], bright.Spaces);
        Assert.NotEqual(classical.Results, bright.Results);
    }

    [Fact]
    public async Task Feature_spaces_cannot_be_mixed_by_mistake()
    {
        await _gallery.AddAsync(Works(5), null, Cancellation);
        var brightness = new BrightnessExtractor();
        await using Gallery other = Create(brightness);
        FeatureSpaceMismatchException byImage = await Assert.ThrowsAsync<FeatureSpaceMismatchException>(() => other.SearchAsync(PatternDecoder.Source(1), 3, null, Cancellation));
        Assert.Contains("brightness", byImage.Message, StringComparison.Ordinal);
        Assert.Contains("classical-1", byImage.Message, StringComparison.Ordinal);
        var signature = new Signature(brightness.Space, new float[] { 1, 2, 3 });
        await Assert.ThrowsAsync<FeatureSpaceMismatchException>(() => _gallery.SearchAsync(signature, 3, null, Cancellation));
        await Assert.ThrowsAsync<FeatureSpaceMismatchException>(() => _gallery.SearchAsync(PatternDecoder.Source(1), 3, new GallerySearchOptions { Spaces = [brightness.Space] }, Cancellation));
        Assert.Throws<ArgumentException>(() => new Signature(brightness.Space, new float[620]));
        Assert.Throws<ArgumentException>(() => Create(brightness, brightness));
    }

    [Fact]
    public async Task Unknown_works_are_named()
    {
        await _gallery.AddAsync(Works(5), null, Cancellation);
        PaintingNotFoundException e = await Assert.ThrowsAsync<PaintingNotFoundException>(() => _gallery.SearchByKeyAsync("nothing", 3, null, Cancellation));
        Assert.Contains("nothing", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_empty_gallery_answers_with_nothing()
    {
        Assert.Empty((await _gallery.SearchAsync(PatternDecoder.Source(1), 3, null, Cancellation)).Results);
        await Assert.ThrowsAsync<PaintingNotFoundException>(() => _gallery.SearchByKeyAsync("x", 3, null, Cancellation));
    }

    [Fact]
    public async Task A_gallery_without_extractors_is_searched_by_key()
    {
        await _gallery.AddAsync(Works(8), null, Cancellation);
        await using Gallery reader = Create();
        Assert.Equal(7, (await reader.SearchByKeyAsync("work-1", 10, null, Cancellation)).Results.Count);
        Assert.Contains("AddClassicalFeatureExtractor", (await Assert.ThrowsAsync<InvalidOperationException>(() => reader.AddAsync(Works(1), null, Cancellation))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Searches_beside_adding_and_removing_never_fail()
    {
        await _gallery.AddAsync(Works(50), null, Cancellation);
        Task writing = Task.Run(async () =>
        {
            for (int round = 0; round < 15; round++)
            {
                await _gallery.AddAsync(Works(60 + round), null, Cancellation);
                await _gallery.RemoveAsync([$"work-{round}"], Cancellation);
            }
        }, Cancellation);
        while (!writing.IsCompleted)
        {
            GallerySearchResult result = await _gallery.SearchByKeyAsync("work-49", 10, null, Cancellation);
            Assert.Equal(10, result.Results.Count);
        }

        await writing;
    }

    [Fact]
    public async Task A_host_gets_its_gallery_from_services()
    {
        var services = new ServiceCollection();
        services.AddSingleton<IImageDecoder, PatternDecoder>();
        services.AddArtSimilarity(options => options.BatchSize = 4).AddClassicalFeatureExtractor().AddInMemoryGallery();
        await using ServiceProvider provider = services.BuildServiceProvider();
        Gallery gallery = provider.GetRequiredService<Gallery>();
        await gallery.AddAsync(Works(10), null, Cancellation);
        Assert.Equal(3, (await gallery.SearchByKeyAsync("work-1", 3, null, Cancellation)).Results.Count);
    }

    [Fact]
    public void A_missing_part_is_named_with_its_remedy()
    {
        var services = new ServiceCollection();
        services.AddArtSimilarity().AddClassicalFeatureExtractor();
        using ServiceProvider provider = services.BuildServiceProvider();
        Assert.Contains("AddSqliteGallery(path)", Assert.Throws<InvalidOperationException>(provider.GetRequiredService<Gallery>).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Options_out_of_range_are_named() =>
        Assert.Equal("BatchSize", Assert.Throws<ArgumentOutOfRangeException>(() => new Gallery(_store, new PatternDecoder(), [], null, new GalleryOptions { BatchSize = 0 })).ParamName);

    private static IEnumerable<PaintingImage> Works(int count) =>
        [.. Enumerable.Range(0, count).Select(i => new PaintingImage(new Painting($"work-{i}") { Genre = $"genre-{i % 4}" }, PatternDecoder.Source(i)))];

    private Gallery Create(params IFeatureExtractor[] extractors) =>
        new(_store, new PatternDecoder(), extractors, null, new GalleryOptions { MaxDegreeOfParallelism = 2, BatchSize = 8 });

    private sealed class Recorder(ConcurrentQueue<AddProgress> reports) : IProgress<AddProgress>
    {
        public void Report(AddProgress value) => reports.Enqueue(value);
    }

    private sealed class BrightnessExtractor() : ComputingExtractor(new("brightness", "as is", 3), new(8, 8))
    {
        protected override void Extract(ReadOnlySpan<RgbImage> images, Span<float> signatures, CancellationToken cancellationToken)
        {
            for (int i = 0; i < images.Length; i++)
            {
                for (int channel = 0; channel < 3; channel++)
                {
                    signatures[(3 * i) + channel] = images[i].Pixels[channel];
                }
            }
        }
    }

    /// <summary>Fails for every batch that has the picture of work 17 in it.</summary>
    private sealed class SqueamishExtractor() : ComputingExtractor(new("squeamish", "as is", 1), new(8, 8))
    {
        protected override void Extract(ReadOnlySpan<RgbImage> images, Span<float> signatures, CancellationToken cancellationToken)
        {
            using RgbImage disliked = PatternDecoder.Decode(PatternDecoder.Source(17), null, null, cancellationToken);
            signatures.Fill(1);
            foreach (RgbImage image in images)
            {
                if (image.Pixels.SequenceEqual(disliked.Pixels))
                {
                    throw new InvalidDataException("not this one");
                }
            }
        }
    }

    private sealed class FailingExtractor() : ComputingExtractor(new("failing", "as is", 3), new(8, 8))
    {
        protected override void Extract(ReadOnlySpan<RgbImage> images, Span<float> signatures, CancellationToken cancellationToken) =>
            throw new InvalidOperationException("the model is broken");
    }
}
