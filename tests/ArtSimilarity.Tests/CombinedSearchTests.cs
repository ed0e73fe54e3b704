using System.Reflection;
using ArtSimilarity.Features;
using ArtSimilarity.Galleries;
using ArtSimilarity.Imaging;
using ArtSimilarity.Indexing;
using ArtSimilarity.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ArtSimilarity.Tests;

/// <summary>How a gallery takes several spaces: weights, images, services, and when the indexes are asked for how much.</summary>
public sealed class CombinedSearchTests : IAsyncDisposable
{
    private static readonly ClassicalFeatureExtractor Classical = new();
    private static readonly ColourExtractor Colours = new();
    private static readonly FeatureSpace Near = new("near", "none", 4), Alike = new("alike", "none", 3);
    private readonly InMemoryGalleryStore _store = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static SpaceWeight[] Both => [new(Classical.Space, 0.6), new(Colours.Space, 0.4)];

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    [Fact]
    public async Task An_image_goes_through_every_spaces_extractor_and_is_decoded_once()
    {
        var decoder = new CountingDecoder();
        await using var gallery = new Gallery(_store, decoder, [Classical, Colours]);
        await gallery.AddAsync(Works(60), null, Cancellation);
        decoder.Decoded.Clear();
        GallerySearchResult found = await gallery.SearchAsync(PatternDecoder.Source(17), 5, new GallerySearchOptions { Spaces = Both }, Cancellation);
        Assert.Equal([new ImageSize(Math.Max(8, Classical.InputSize.Width), Math.Max(900, Classical.InputSize.Height))], decoder.Decoded);
        Assert.Equal("work-17", found.Results[0].Painting.Key);
        Assert.Equal(0, found.Results[0].Distance, 1e-3f);
        Assert.True(found.IsExact);
        Assert.Equal(Both, found.Spaces);
        Assert.True(found.ExtractionTime > TimeSpan.Zero);

        Signature[] signatures = [await gallery.ExtractAsync(PatternDecoder.Source(17), null, Colours.Space, Cancellation), await gallery.ExtractAsync(PatternDecoder.Source(17), null, Classical.Space, Cancellation)];
        Assert.Equal(found.Results, (await gallery.SearchAsync(signatures, 5, new GallerySearchOptions { Spaces = Both }, Cancellation)).Results);
        Assert.Equal(found.Results, (await gallery.SearchByKeyAsync("work-17", 5, new GallerySearchOptions { Spaces = Both, IncludeQuery = true }, Cancellation)).Results);
    }

    [Fact]
    public async Task A_region_is_searched_by_that_detail_in_every_space()
    {
        await using var gallery = new Gallery(_store, new PatternDecoder(), [Classical, Colours]);
        await gallery.AddAsync(Works(40), null, Cancellation);
        var left = new ImageRegion(0, 0, 0.5, 1);
        Signature[] detail = [await gallery.ExtractAsync(PatternDecoder.Source(3), left, Classical.Space, Cancellation), await gallery.ExtractAsync(PatternDecoder.Source(3), left, Colours.Space, Cancellation)];
        GallerySearchResult expected = await gallery.SearchAsync(detail, 8, new GallerySearchOptions { Spaces = Both }, Cancellation);
        GallerySearchResult found = await gallery.SearchAsync(PatternDecoder.Source(3), 8, new GallerySearchOptions { Spaces = Both, Region = left }, Cancellation);
        Assert.Equal(expected.Results, found.Results);
    }

    [Fact]
    public async Task The_weights_move_the_answer_from_one_space_to_the_other()
    {
        await using var gallery = new Gallery(_store, new PatternDecoder(), [Classical, Colours]);
        await gallery.AddAsync(Works(40), null, Cancellation);
        var distances = new List<float>();
        foreach (double weight in new[] { 0, 0.25, 0.5, 0.75, 1 })
        {
            GallerySearchResult found = await gallery.SearchByKeyAsync("work-1", 39, new GallerySearchOptions { Spaces = [new(Classical.Space, 8 * weight), new(Colours.Space, 8 * (1 - weight))] }, Cancellation);
            distances.Add(found.Results.Single(result => result.Painting.Key == "work-30").Distance);
        }

        float classical = await PlainAsync(Classical.Space), colours = await PlainAsync(Colours.Space);
        Assert.Equal([colours, classical], [distances[0], distances[4]]);
        Assert.Equal((float)Math.Sqrt((0.25 * classical * (double)classical) + (0.75 * colours * (double)colours)), distances[1], 1e-6f);
        Assert.Equal(distances[0] < distances[4] ? distances.Order() : distances.OrderDescending(), distances);

        async Task<float> PlainAsync(FeatureSpace space) =>
            (await gallery.SearchByKeyAsync("work-1", 39, new GallerySearchOptions { Spaces = [space] }, Cancellation)).Results.Single(result => result.Painting.Key == "work-30").Distance;
    }

    [Fact]
    public async Task Equal_distances_come_in_the_order_the_works_were_written()
    {
        await _store.WriteAsync([.. Enumerable.Range(0, 900).Select(i => Entry(i, 1, 1))], Cancellation);
        foreach (IVectorIndexProvider? provider in new IVectorIndexProvider?[] { null, new FakeIndexProvider() })
        {
            await using Gallery gallery = await OpenAsync(provider);
            GallerySearchResult found = await SearchAsync(gallery, 12);
            Assert.Equal(Enumerable.Range(0, 12).Select(i => $"work-{i}"), found.Results.Select(result => result.Painting.Key));
        }
    }

    [Fact]
    public async Task Indexes_are_asked_for_no_more_than_it_takes_to_be_sure()
    {
        // Alike in both spaces: the first works named are sure to be the nearest.
        await _store.WriteAsync([.. Enumerable.Range(0, 3000).Select(i => Entry(i, i * 0.0005, i * 0.0005))], Cancellation);
        var provider = new FakeIndexProvider();
        await using Gallery gallery = await OpenAsync(provider);
        int searches = 0;
        provider.DuringSearch = () => searches++;
        GallerySearchResult found = await SearchAsync(gallery, 10);
        Assert.False(found.IsExact);
        Assert.Equal(Enumerable.Range(0, 10).Select(i => $"work-{i}"), found.Results.Select(result => result.Painting.Key));
        Assert.Equal(2, searches); // both named the same works: none is left to compare
    }

    [Fact]
    public async Task Spaces_that_contradict_one_another_are_compared_as_a_whole()
    {
        // What is near in one space is far in the other: whatever is named first, the works in the middle may be nearer.
        await _store.WriteAsync([.. Enumerable.Range(0, 3000).Select(i => Entry(i, i * 0.0005, (3000 - i) * 0.0005))], Cancellation);
        await using Gallery gallery = await OpenAsync(new FakeIndexProvider());
        GallerySearchResult found = await SearchAsync(gallery, 10), truth = await SearchAsync(gallery, 10, quality: 1);
        Assert.True(found.IsExact);
        Assert.Equal(truth.Results, found.Results);
    }

    [Fact]
    public async Task A_demanded_quality_reaches_every_index()
    {
        await _store.WriteAsync([.. Enumerable.Range(0, 3000).Select(i => Entry(i, i * 0.0005, i * 0.0005))], Cancellation);
        var provider = new FakeIndexProvider();
        await using (Gallery gallery = await OpenAsync(provider))
        {
            Assert.False((await SearchAsync(gallery, 10, quality: 0.8)).IsExact);
            Assert.True((await SearchAsync(gallery, 10, quality: 1)).IsExact);
            Assert.All(provider.Built, index => Assert.Equal([0.8], index.Demanded)); // for an exact answer no index is asked
        }

        await using Gallery untunable = await OpenAsync(new FakeIndexProvider(tunable: false));
        await Assert.ThrowsAsync<NotSupportedException>(() => SearchAsync(untunable, 10, quality: 0.8));
        Assert.True((await SearchAsync(untunable, 10, quality: 1)).IsExact);
        Assert.False((await SearchAsync(untunable, 10)).IsExact);
    }

    [Fact]
    public async Task A_search_reads_the_table_of_spaces_once_and_after_a_commit_only_what_has_changed()
    {
        await _store.WriteAsync([.. Enumerable.Range(0, 300).Select(i => Entry(i, i * 0.005, i * 0.005))], Cancellation);
        IGalleryStore counted = DispatchProxy.Create<IGalleryStore, CallCounter>();
        var counter = (CallCounter)counted;
        counter.Store = _store;
        await using var gallery = new Gallery(counted, new PatternDecoder(), []);
        await SearchAsync(gallery, 5);
        counter.Calls.Clear();
        for (int round = 0; round < 3; round++)
        {
            await _store.WriteAsync([Entry(300 + round, 0, 0)], Cancellation);
            await _store.RemoveAsync([$"work-{round}"], Cancellation);
            Assert.Contains((await SearchAsync(gallery, 5)).Results, result => result.Painting.Key == $"work-{300 + round}");
            Assert.Single(counter.Calls, call => call.Name == nameof(IGalleryStore.GetFeatureSpacesAsync));
            (string Name, object?[] Arguments)[] reads = [.. counter.Calls.Where(call => call.Name is nameof(IGalleryStore.ReadWorkChangesAsync) or nameof(IGalleryStore.ReadChangesAsync))];
            Assert.Equal(4, reads.Length);
            Assert.All(reads, call => Assert.NotEqual(default, Assert.IsType<SpaceVersion>(call.Arguments[1])));
            Assert.DoesNotContain(counter.Calls, call => call.Name is nameof(IGalleryStore.SelectAsync) or nameof(IGalleryStore.ReadSignaturesAsync));
            counter.Calls.Clear();
            await SearchAsync(gallery, 5);
            Assert.Equal([nameof(IGalleryStore.GetFeatureSpacesAsync), nameof(IGalleryStore.GetPaintingsAsync)], counter.Calls.Select(call => call.Name));
            counter.Calls.Clear();
        }
    }

    [Fact]
    public async Task An_empty_gallery_answers_with_nothing()
    {
        await using Gallery gallery = new(_store, new PatternDecoder(), [Classical, Colours]);
        Assert.Empty((await gallery.SearchAsync(PatternDecoder.Source(1), 3, new GallerySearchOptions { Spaces = Both }, Cancellation)).Results);
        await Assert.ThrowsAsync<PaintingNotFoundException>(() => gallery.SearchByKeyAsync("x", 3, new GallerySearchOptions { Spaces = Both }, Cancellation));
    }

    [Theory]
    [InlineData(-0.1)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(double.NegativeInfinity)]
    public void A_weight_out_of_range_is_named(double weight)
    {
        ArgumentOutOfRangeException e = Assert.Throws<ArgumentOutOfRangeException>(() => new SpaceWeight(Near, weight));
        Assert.Equal(("weight", weight), (e.ParamName, e.ActualValue));
        Assert.Contains("near", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Spaces_that_cannot_be_searched_by_are_refused_at_once()
    {
        Assert.Throws<ArgumentException>(() => new GallerySearchOptions { Spaces = [] });
        Assert.Throws<ArgumentException>(() => new GallerySearchOptions { Spaces = [null!] });
        Assert.Contains("near", Assert.Throws<ArgumentException>(() => new GallerySearchOptions { Spaces = [new(Near, 1), new(Alike, 1), new(Near, 2)] }).Message, StringComparison.Ordinal);
        Assert.Contains("near", Assert.Throws<ArgumentException>(() => new GallerySearchOptions { Spaces = [new(Near, 0), new(Alike, 0)] }).Message, StringComparison.Ordinal);
        List<SpaceWeight> mine = [new(Near, 1)];
        var options = new GallerySearchOptions { Spaces = mine };
        mine.Clear();
        Assert.Equal([new SpaceWeight(Near, 1)], options.Spaces);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task A_space_the_gallery_does_not_hold_is_named_beside_those_it_holds(double weight)
    {
        await using var gallery = new Gallery(_store, new PatternDecoder(), [Classical, Colours]);
        await gallery.AddAsync(Works(5), null, Cancellation);
        FeatureSpaceMismatchException e = await Assert.ThrowsAsync<FeatureSpaceMismatchException>(() =>
            gallery.SearchByKeyAsync("work-1", 3, new GallerySearchOptions { Spaces = [.. Both, new(Near, weight)] }, Cancellation));
        Assert.All(new[] { Near, Classical.Space, Colours.Space }, space => Assert.Contains(space.ToString(), e.Message, StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_cannot_be_searched_together_says_so()
    {
        await using var gallery = new Gallery(_store, new PatternDecoder(), [Classical]);
        await gallery.AddAsync(Works(5), null, Cancellation);
        await using var both = new Gallery(_store, new PatternDecoder(), [Classical, Colours]);
        await both.AddAsync(Works(5), null, Cancellation);
        var options = new GallerySearchOptions { Spaces = Both };
        Signature classical = await gallery.ExtractAsync(PatternDecoder.Source(1), null, null, Cancellation), colours = await both.ExtractAsync(PatternDecoder.Source(1), null, Colours.Space, Cancellation);

        // An image needs every extractor, unless its space does not count.
        Assert.Contains("colours", (await Assert.ThrowsAsync<FeatureSpaceMismatchException>(() => gallery.SearchAsync(PatternDecoder.Source(1), 3, options, Cancellation))).Message, StringComparison.Ordinal);
        Assert.Equal(3, (await gallery.SearchAsync(PatternDecoder.Source(1), 3, new GallerySearchOptions { Spaces = [new(Classical.Space, 1), new(Colours.Space, 0)] }, Cancellation)).Results.Count);
        Assert.Equal(3, (await gallery.SearchByKeyAsync("work-1", 3, options, Cancellation)).Results.Count);

        // Signatures that do not fit the spaces.
        await Assert.ThrowsAsync<ArgumentException>(() => both.SearchAsync(classical, 3, options, Cancellation));
        await Assert.ThrowsAsync<FeatureSpaceMismatchException>(() => both.SearchAsync(classical, 3, new GallerySearchOptions { Spaces = [Colours.Space] }, Cancellation));
        Assert.Equal([Classical.Space], (await both.SearchAsync(classical, 3, new GallerySearchOptions { Spaces = [Classical.Space] }, Cancellation)).Spaces);
        await Assert.ThrowsAsync<ArgumentException>(() => both.SearchAsync([classical, colours], 3, new GallerySearchOptions(), Cancellation));
        await Assert.ThrowsAsync<ArgumentException>(() => both.SearchAsync([classical, colours, classical], 3, options, Cancellation));
        Assert.Contains("colours", (await Assert.ThrowsAsync<FeatureSpaceMismatchException>(() => both.SearchAsync([classical], 3, options, Cancellation))).Message, StringComparison.Ordinal);
        Assert.Contains("near", (await Assert.ThrowsAsync<FeatureSpaceMismatchException>(() => both.SearchAsync([classical, colours, new Signature(Near, new float[4])], 3, options, Cancellation))).Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => both.SearchAsync([classical, colours], 0, options, Cancellation));
    }

    [Fact]
    public async Task A_host_registers_two_extractors_and_searches_both_spaces()
    {
        var services = new ServiceCollection();
        services.AddSingleton<IImageDecoder, PatternDecoder>();
        services.AddArtSimilarity().AddClassicalFeatureExtractor().AddInMemoryGallery().Services.AddSingleton<IFeatureExtractor>(Colours);
        await using ServiceProvider provider = services.BuildServiceProvider();
        Gallery gallery = provider.GetRequiredService<Gallery>();
        await gallery.AddAsync(Works(30), null, Cancellation);
        var options = new GallerySearchOptions
        {
            Spaces = [new(gallery.Extractors[0].Space, 0.6), new(gallery.Extractors[1].Space, 0.4)],
            Filter = new PaintingFilter { Genres = ["genre-1"] },
        };
        GallerySearchResult found = await gallery.SearchAsync(PatternDecoder.Source(5), 3, options, Cancellation);
        Assert.Equal("work-5", found.Results[0].Painting.Key);
        Assert.All(found.Results, result => Assert.Equal("genre-1", result.Painting.Genre));
        Assert.All(found.Results, result => Assert.Equal(2, result.SpaceDistances.Count));
    }

    private static IEnumerable<PaintingImage> Works(int count) =>
        [.. Enumerable.Range(0, count).Select(i => new PaintingImage(new Painting($"work-{i}") { Genre = $"genre-{i % 4}" }, PatternDecoder.Source(i)))];

    /// <summary>A work whose signatures lie at these angles from the query.</summary>
    private static GalleryEntry Entry(int work, double near, double alike) =>
        new(new Painting($"work-{work}"), "hash", [new Signature(Near, Turned(Near, near)), new Signature(Alike, Turned(Alike, alike))]);

    private static float[] Turned(FeatureSpace space, double angle)
    {
        float[] vector = new float[space.Dimensions];
        (vector[0], vector[1]) = ((float)Math.Cos(angle), (float)Math.Sin(angle));
        return vector;
    }

    private static Task<GallerySearchResult> SearchAsync(Gallery gallery, int k, double? quality = null) => gallery.SearchAsync(
        [new Signature(Near, Turned(Near, 0)), new Signature(Alike, Turned(Alike, 0))], k,
        new GallerySearchOptions { Spaces = [new(Near, 1), new(Alike, 1)], Quality = quality }, Cancellation);

    private async Task<Gallery> OpenAsync(IVectorIndexProvider? provider)
    {
        var gallery = new Gallery(_store, new PatternDecoder(), [], provider, new GalleryOptions { ApproximateFrom = 100 });
        await gallery.PrepareAsync(Near, null, Cancellation);
        await gallery.PrepareAsync(Alike, null, Cancellation);
        return gallery;
    }

    /// <summary>Notes how large the pictures were wanted.</summary>
    private sealed class CountingDecoder : IImageDecoder
    {
        public List<ImageSize?> Decoded { get; } = [];

        public ValueTask<RgbImage> DecodeAsync(ImageSource source, ImageSize? minimumSize = null, ImageRegion? region = null, CancellationToken cancellationToken = default)
        {
            lock (Decoded)
            {
                Decoded.Add(minimumSize);
            }

            return new PatternDecoder().DecodeAsync(source, minimumSize, region, cancellationToken);
        }
    }

    /// <summary>The mean of each colour; wants its pictures narrow and high.</summary>
    private sealed class ColourExtractor() : ComputingExtractor(new("colours", "mean", 3), new(8, 900))
    {
        protected override void Extract(ReadOnlySpan<RgbImage> images, Span<float> signatures, CancellationToken cancellationToken)
        {
            signatures.Clear();
            for (int i = 0; i < images.Length; i++)
            {
                for (int p = 0; p < images[i].Pixels.Length; p++)
                {
                    signatures[(3 * i) + (p % 3)] += images[i].Pixels[p] / (float)images[i].Pixels.Length;
                }
            }
        }
    }

    /// <summary>Notes what is asked of a store.</summary>
    public class CallCounter : DispatchProxy
    {
        public IGalleryStore? Store { get; set; }

        public List<(string Name, object?[] Arguments)> Calls { get; } = [];

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
        {
            Calls.Add((targetMethod!.Name, args ?? []));
            return targetMethod.Invoke(Store, args);
        }
    }
}
