using ArtSimilarity.Features;
using ArtSimilarity.Galleries;
using ArtSimilarity.Imaging;
using ArtSimilarity.Indexing;
using Xunit;

namespace ArtSimilarity.Tests;

/// <summary>Details: regions of works that are indexed beside the whole, and searches that find them.</summary>
public sealed class RegionSearchTests : IAsyncDisposable
{
    private const int Works = 30;
    private static readonly ClassicalFeatureExtractor Classical = new();
    private readonly InMemoryGalleryStore _store = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static GallerySearchOptions InRegions => new() { Regions = RegionLayout.Default };

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    [Fact]
    public void The_layout_covers_details_of_a_quarter_and_a_ninth()
    {
        Assert.Equal(66, RegionLayout.Default.Regions.Count);
        Assert.Equal(66, RegionLayout.Default.Regions.Distinct().Count());
        var random = new Random(2);
        foreach (double side in new[] { 1.0 / 2, 1.0 / 3 })
        {
            for (int i = 0; i < 200; i++)
            {
                var detail = new ImageRegion(random.NextDouble() * (1 - side), random.NextDouble() * (1 - side), side, side);
                Assert.True(RegionLayout.Default.Regions.Max(region => Overlap(region, detail)) >= 0.53, $"{detail}"); // a sixth of a side off in both directions
            }
        }

        FeatureSpace space = RegionLayout.Default.SpaceOf(Classical.Space);
        foreach (RegionLayout known in new[] { RegionLayout.Default, RegionLayout.Pooled })
        {
            Assert.True(RegionLayout.TryParse(known.SpaceOf(Classical.Space), out RegionLayout? layout, out FeatureSpace? whole));
            Assert.Equal((known, Classical.Space), (layout, whole));
        }

        Assert.False(RegionLayout.TryParse(Classical.Space, out _, out _));
        Assert.False(RegionLayout.TryParse(new FeatureSpace(space.ModelId, space.Preprocessing + "+1", space.Dimensions), out _, out _));
        Assert.True(RegionLayout.IsOfRegions(space));
        Assert.False(RegionLayout.IsOfRegions(Classical.Space));
        Assert.Equal((Classical.Space.ModelId, Classical.Space.Dimensions), (space.ModelId, space.Dimensions));
        FeatureSpace pooled = RegionLayout.Pooled.SpaceOf(Classical.Space);
        Assert.True(RegionLayout.IsOfRegions(pooled));
        Assert.NotEqual(space, pooled);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_detail_is_found_in_its_work_and_at_its_place(bool index)
    {
        await using Gallery gallery = await OpenAsync(index);
        foreach (int number in new[] { 3, 14, 27 })
        {
            var place = new ImageRegion(0.5, 0.25, 0.5, 0.5);
            GallerySearchResult found = await gallery.SearchAsync(PatternDecoder.Source(number), 5, new GallerySearchOptions { Regions = RegionLayout.Default, Region = place }, Cancellation);
            Assert.Equal(5, found.Results.Select(result => result.Painting.Key).Distinct().Count());
            Assert.Equal($"work-{number}", found.Results[0].Painting.Key);
            Assert.Equal(0, found.Results[0].Distance, 1e-3f);
            Assert.Equal(Works, found.WorkCount);
            ImageRegion region = found.Results[0].Region!.Value;
            Assert.True(region.X + (region.Width / 2) > 0.6, $"{region}"); // the patterns have one colour at the left and another at the right
            Assert.All(found.Results, result => Assert.NotNull(result.Region));
        }

        // Every work comes once, whatever k; its own work is left out of a search by key, and whole images are searched as ever.
        Assert.Equal(Works, (await gallery.SearchAsync(PatternDecoder.Source(1), 1000, InRegions, Cancellation)).Results.Count);
        string[] byKey = [.. (await gallery.SearchByKeyAsync("work-8", 1000, InRegions, Cancellation)).Results.Select(result => result.Painting.Key)];
        Assert.Equal(Works - 1, byKey.Length);
        Assert.DoesNotContain("work-8", byKey);
        GallerySearchResult plain = await gallery.SearchByKeyAsync("work-8", 5, null, Cancellation);
        Assert.All(plain.Results, result => Assert.Null(result.Region));
        Assert.Equal([Classical.Space], plain.Spaces.Select(space => space.Space));
    }

    [Fact]
    public async Task Results_are_those_of_a_brute_force_over_all_regions()
    {
        await using Gallery gallery = await OpenAsync(index: false);
        FeatureSpace space = RegionLayout.Default.SpaceOf(Classical.Space);
        VectorSet vectors = await _store.ReadSignaturesAsync(space, -1, Cancellation);
        int[] ids = vectors.Ids.ToArray();
        IReadOnlyList<Painting?> paintings = await _store.GetPaintingsAsync(space, ids, Cancellation);
        ImageRegion?[] regions = [.. (await Task.WhenAll(paintings.Select(painting => painting!.Key).Distinct().Select(async key => await _store.GetAllSignaturesAsync(space, key, Cancellation))))
            .SelectMany(signatures => signatures).Select(signature => signature.Region)];
        Signature[] queries = [await gallery.ExtractAsync(PatternDecoder.Source(5), new ImageRegion(0, 0, 0.4, 0.4), null, Cancellation), await gallery.ExtractAsync(PatternDecoder.Source(21), null, null, Cancellation)];
        var filter = new PaintingFilter { Genres = ["even"] };
        GallerySearchResult found = await gallery.SearchAsync(
            new GalleryQuery(new QueryPart([.. queries.Select(query => QueryView.OfSignatures(query))])), 9, new GallerySearchOptions { Regions = RegionLayout.Default, Filter = filter }, Cancellation);
        var expected = Enumerable.Range(0, ids.Length)
            .Where(i => filter.Matches(paintings[i]!))
            .Select(i => (paintings[i]!.Key, Distance: queries.Min(query => Metrics.SimilarityMetrics.Angular.Distance(query.Vector.Span, vectors[i])), Region: regions[i]))
            .GroupBy(work => work.Key).Select(work => work.MinBy(region => region.Distance)).OrderBy(work => work.Distance).Take(9).ToArray();
        Assert.Equal(expected.Select(work => work.Distance), found.Results.Select(result => result.Distance), (x, y) => Math.Abs(x - y) < 1e-4);
        Assert.Equal(expected[0].Key, found.Results[0].Painting.Key);

        // The place lies about the nearest window, finer than the steps between windows.
        foreach ((SimilarPainting result, var work) in found.Results.Zip(expected))
        {
            Assert.Equal((work.Region!.Value.Width, work.Region.Value.Height), (result.Region!.Value.Width, result.Region.Value.Height));
            Assert.InRange(Overlap(work.Region.Value, result.Region.Value), 0.4, 1);
        }
    }

    [Fact]
    public async Task Regions_are_added_to_works_that_are_there_and_once()
    {
        await using var gallery = new Gallery(_store, new PatternDecoder(), [Classical]);
        PaintingImage[] works = [.. Enumerable.Range(0, 4).Select(i => new PaintingImage(new Painting($"work-{i}"), PatternDecoder.Source(i)))];
        Assert.Equal(4, (await gallery.AddAsync(works, null, Cancellation)).Added);
        (int id, _) = (await _store.GetSignatureAsync(Classical.Space, "work-2", Cancellation))!.Value;
        FeatureSpaceMismatchException without = await Assert.ThrowsAsync<FeatureSpaceMismatchException>(() => gallery.SearchByKeyAsync("work-1", 1, InRegions, Cancellation));
        Assert.Contains("AddOptions.Regions", without.Message, StringComparison.Ordinal);
        Assert.Equal(4, (await gallery.AddAsync(works, new AddOptions { Regions = RegionLayout.Default }, null, Cancellation)).Added);
        Assert.Equal(id, (await _store.GetSignatureAsync(Classical.Space, "work-2", Cancellation))!.Value.Id);
        Assert.Equal([4, 4 * 66], (await _store.GetFeatureSpacesAsync(Cancellation)).Select(summary => summary.Count));
        Assert.Equal(4, (await gallery.AddAsync(works, new AddOptions { Regions = RegionLayout.Default }, null, Cancellation)).Skipped);
        Assert.Equal(4, (await gallery.AddAsync(works, null, Cancellation)).Skipped);
    }

    [Fact]
    public void A_place_between_two_windows_is_their_weighted_mean()
    {
        float[] query = [1, 0];
        Signature left = Of(0, 1, 0), right = Of(1 / 6.0, 1, 0), far = Of(0, 0, 1), other = new(far.Space, new float[] { 1, 0 }) { Region = new ImageRegion(0, 0, 1, 1) };
        ImageRegion place = Galleries.Searching.RegionPlace.Estimate(Metrics.SimilarityMetrics.Angular, query, [left, right, far])!.Value;
        Assert.Equal(1 / 12.0, place.X, 1e-6);
        Assert.Equal((0.5, 0.5, 0.25), (place.Width, place.Height, place.Y));
        Assert.Equal(0, Galleries.Searching.RegionPlace.Estimate(Metrics.SimilarityMetrics.Angular, [0, 1], [right, far])!.Value.X, 1e-4);
        Assert.Equal(other.Region, Galleries.Searching.RegionPlace.Estimate(Metrics.SimilarityMetrics.Angular, query, [other, far]));
        Assert.Null(Galleries.Searching.RegionPlace.Estimate(Metrics.SimilarityMetrics.Angular, query, [new Signature(far.Space, new float[] { 1, 0 })]));

        static Signature Of(double x, float a, float b) => new(new FeatureSpace("m", "p", 2), new[] { a, b }) { Region = new ImageRegion(x, 0.25, 0.5, 0.5) };
    }

    [Fact]
    public async Task Pooled_regions_need_feature_maps()
    {
        await using var gallery = new Gallery(_store, new PatternDecoder(), [Classical]);
        ArgumentException e = await Assert.ThrowsAsync<ArgumentException>(() => gallery.AddAsync(
            [new PaintingImage(new Painting("a"), PatternDecoder.Source(1))], new AddOptions { Regions = RegionLayout.Pooled }, null, Cancellation));
        Assert.Contains("feature maps", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_cannot_be_searched_in_regions_says_so()
    {
        await using Gallery gallery = await OpenAsync(index: false);
        foreach (GallerySearchOptions options in new GallerySearchOptions[]
        {
            new() { Regions = RegionLayout.Default, Diversity = 0.5 }, new() { Regions = RegionLayout.Default, HubCorrected = true },
            new() { Regions = RegionLayout.Default, IncludeStatistics = true }, new() { Regions = RegionLayout.Default, MaxPercentile = 1 },
        })
        {
            await Assert.ThrowsAsync<NotSupportedException>(() => gallery.SearchByKeyAsync("work-1", 1, options, Cancellation));
        }

        Assert.Equal(2, (await gallery.SearchByKeyAsync("work-1", 2, new GallerySearchOptions { Regions = RegionLayout.Default, LeaveOut = new ResultExclusions { Keys = ["work-2"] } }, Cancellation)).Results.Count);
        FeatureSpace space = RegionLayout.Default.SpaceOf(Classical.Space);
        FeatureSpaceMismatchException e = await Assert.ThrowsAsync<FeatureSpaceMismatchException>(() => gallery.SearchAsync(new Signature(space, new float[space.Dimensions]), 1, null, Cancellation));
        Assert.Contains("Regions", e.Message, StringComparison.Ordinal);

        // A gallery without an extractor has one space of whole images.
        await using var reader = new Gallery(_store, null, []);
        Assert.Equal([Classical.Space], (await reader.SearchByKeyAsync("work-1", 1, null, Cancellation)).Spaces.Select(searched => searched.Space));
    }

    private static double Overlap(ImageRegion x, ImageRegion y)
    {
        double width = Math.Min(x.X + x.Width, y.X + y.Width) - Math.Max(x.X, y.X), height = Math.Min(x.Y + x.Height, y.Y + y.Height) - Math.Max(x.Y, y.Y);
        double common = Math.Max(0, width) * Math.Max(0, height);
        return common / ((x.Width * x.Height) + (y.Width * y.Height) - common);
    }

    private async Task<Gallery> OpenAsync(bool index)
    {
        var gallery = new Gallery(_store, new PatternDecoder(), [Classical], index ? new FakeIndexProvider() : null, new GalleryOptions { ApproximateFrom = 0 });
        await gallery.AddAsync(
            Enumerable.Range(0, Works).Select(i => new PaintingImage(new Painting($"work-{i}") { Genre = i % 2 == 0 ? "even" : "odd" }, PatternDecoder.Source(i))), new AddOptions { Regions = RegionLayout.Default }, null, Cancellation);
        await gallery.PrepareAsync(RegionLayout.Default.SpaceOf(Classical.Space), null, Cancellation);
        return gallery;
    }
}
