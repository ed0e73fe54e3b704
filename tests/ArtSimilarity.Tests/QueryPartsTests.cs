using ArtSimilarity.Features;
using ArtSimilarity.Galleries;
using ArtSimilarity.Imaging;
using Xunit;

namespace ArtSimilarity.Tests;

/// <summary>Queries in parts: what they are made of, and what the rule for unwanted parts does.</summary>
public sealed class QueryPartsTests : IAsyncDisposable
{
    private static readonly ClassicalFeatureExtractor Classical = new();
    private static readonly FeatureSpace Plane = new("plane", "none", 2);
    private readonly InMemoryGalleryStore _store = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    [Fact]
    public async Task Images_keys_regions_and_signatures_are_one_query()
    {
        await using Gallery gallery = await OpenAsync();
        var left = new ImageRegion(0, 0, 0.5, 1);
        ImageSource image = PatternDecoder.Source(4);
        var query = new GalleryQuery(
            new QueryPart(QueryView.OfImage(image), QueryView.OfImage(image, left)),
            QueryPart.OfWork("work-7"),
            new QueryPart(QueryView.OfSignatures(await gallery.ExtractAsync(PatternDecoder.Source(9), null, null, Cancellation))) { IsWanted = false, Weight = 0.5 });
        GallerySearchResult found = await gallery.SearchAsync(query, 30, null, Cancellation);

        Signature whole = await gallery.ExtractAsync(image, null, null, Cancellation), detail = await gallery.ExtractAsync(image, left, null, Cancellation);
        Signature seven = await gallery.ExtractAsync(PatternDecoder.Source(7), null, null, Cancellation), nine = await gallery.ExtractAsync(PatternDecoder.Source(9), null, null, Cancellation);
        var same = new GalleryQuery(
            new QueryPart(QueryView.OfSignatures(whole), QueryView.OfSignatures(detail)),
            QueryPart.OfSignatures(seven),
            new QueryPart(QueryView.OfSignatures(nine)) { IsWanted = false, Weight = 0.5 });
        GallerySearchResult expected = await gallery.SearchAsync(same, 31, null, Cancellation);
        Assert.Equal(expected.Results.Where(result => result.Painting.Key != "work-7"), found.Results);
        Assert.True(found.ExtractionTime > TimeSpan.Zero);
        Assert.Equal("work-7", expected.Results.MinBy(result => result.Painting.Key == "work-7" ? 0 : 1)!.Painting.Key);
        Assert.Contains(found.Results, result => result.Painting.Key == "work-4" && result is { PartIndex: 0, ViewIndex: 0 });
    }

    [Fact]
    public async Task The_view_that_answers_is_named_and_the_nearest_counts()
    {
        await using Gallery gallery = await OpenAsync();
        ImageSource[] images = [PatternDecoder.Source(3), PatternDecoder.Source(12), PatternDecoder.Source(20)];
        GallerySearchResult found = await gallery.SearchAsync(new GalleryQuery(new QueryPart([.. images.Select(image => QueryView.OfImage(image))])), 3, null, Cancellation);
        Assert.Equal([("work-12", 1), ("work-20", 2), ("work-3", 0)], found.Results.Select(result => (result.Painting.Key, result.ViewIndex)).Order());
        Assert.All(found.Results, result => Assert.Equal(0, result.Distance, 1e-3f));
    }

    [Fact]
    public async Task What_is_not_wanted_sinks_and_nothing_wanted_is_lost()
    {
        // Angles in degrees. The query lies at 0; the unwanted work at 20 with a neighbourhood, and wanted works at the other side.
        double[] angles = [2, 5, 8, 18, 19, 20, 21, 22, -4, -9, -12, -15, -25];
        await _store.WriteAsync([.. angles.Select(angle => new GalleryEntry(new Painting($"at {angle}"), "hash", [new Signature(Plane, Turned(angle))]))], Cancellation);
        await using var gallery = new Gallery(_store, null, []);
        QueryPart wanted = QueryPart.OfSignatures(new Signature(Plane, Turned(0)));
        var unwanted = new QueryPart(QueryView.OfWork("at 20")) { IsWanted = false, Weight = 3 };
        string[] plain = await KeysAsync(new GalleryQuery(wanted));
        string[] pushed = await KeysAsync(new GalleryQuery(wanted, unwanted));

        Assert.Equal(["at 2", "at -4", "at 5", "at 8", "at -9", "at -12", "at -15", "at 18", "at 19", "at 21", "at 22", "at -25"], plain.Where(key => key != "at 20"));
        Assert.Equal(["at 2", "at -4", "at 5", "at 8", "at -9", "at -12", "at -15", "at -25", "at 18", "at 19", "at 21", "at 22"], pushed);

        // What lies nearer to the wanted one keeps its distance to the bit.
        Dictionary<string, float> before = await DistancesAsync(new GalleryQuery(wanted)), after = await DistancesAsync(new GalleryQuery(wanted, unwanted));
        Assert.All(after, work => Assert.True(work.Value >= before[work.Key]));
        Assert.All(new[] { "at 2", "at 5", "at 8", "at -4", "at -25" }, key => Assert.Equal(before[key], after[key]));

        async Task<string[]> KeysAsync(GalleryQuery query) => [.. (await gallery.SearchAsync(query, 50, null, Cancellation)).Results.Select(result => result.Painting.Key)];
        async Task<Dictionary<string, float>> DistancesAsync(GalleryQuery query) =>
            (await gallery.SearchAsync(query, 50, null, Cancellation)).Results.ToDictionary(result => result.Painting.Key, result => result.Distance);
    }

    [Fact]
    public async Task Several_wanted_parts_count_by_their_weights_and_the_filter_holds()
    {
        double[] angles = [0, 10, 30, 45, 60, 80, 90];
        await _store.WriteAsync([.. angles.Select(angle => new GalleryEntry(new Painting($"at {angle}") { Genre = angle > 70 ? "late" : "early" }, "hash", [new Signature(Plane, Turned(angle))]))], Cancellation);
        await using var gallery = new Gallery(_store, null, []);
        Assert.Equal("at 45", await FirstAsync(1, 1));
        Assert.Equal("at 10", await FirstAsync(7, 1));
        Assert.Equal("at 80", await FirstAsync(1, 7));
        Assert.Equal("at 60", await FirstAsync(1, 7, new PaintingFilter { Genres = ["early"] }));

        async Task<string> FirstAsync(double first, double second, PaintingFilter? filter = null)
        {
            var query = new GalleryQuery(
                new QueryPart(QueryView.OfWork("at 0")) { Weight = first }, new QueryPart(QueryView.OfWork("at 90")) { Weight = second });
            return (await gallery.SearchAsync(query, 1, new GallerySearchOptions { Filter = filter }, Cancellation)).Results[0].Painting.Key;
        }
    }

    [Fact]
    public async Task A_query_that_cannot_be_answered_says_why()
    {
        Assert.Throws<ArgumentException>(() => new GalleryQuery());
        Assert.Contains("wanted", Assert.Throws<ArgumentException>(() => new GalleryQuery(new QueryPart(QueryView.OfWork("a")) { IsWanted = false })).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => new GalleryQuery([null!]));
        Assert.Throws<ArgumentException>(() => new QueryPart());
        Assert.Throws<ArgumentException>(() => QueryView.OfSignatures());
        Assert.Throws<ArgumentException>(() => QueryView.OfWork(""));
        var same = new Signature(Plane, Turned(0));
        Assert.Throws<ArgumentException>(() => QueryView.OfSignatures(same, same));
        Assert.Contains("256", Assert.Throws<ArgumentException>(() => new GalleryQuery(new QueryPart([.. Enumerable.Repeat(QueryView.OfWork("a"), 257)]))).Message, StringComparison.Ordinal);
        foreach (double weight in new[] { 0, -1, double.NaN, double.PositiveInfinity })
        {
            Assert.Equal(weight, Assert.Throws<ArgumentOutOfRangeException>(() => new QueryPart(QueryView.OfWork("a")) { Weight = weight }).ActualValue);
        }

        await using Gallery gallery = await OpenAsync();
        Assert.Contains("nobody", (await Assert.ThrowsAsync<PaintingNotFoundException>(() => gallery.SearchAsync(new GalleryQuery(QueryPart.OfWork("nobody")), 1, null, Cancellation))).Message, StringComparison.Ordinal);
        Assert.Contains("image URI", (await Assert.ThrowsAsync<PaintingNotFoundException>(() => gallery.SearchAsync(new GalleryQuery(QueryPart.OfWork("work-1", new ImageRegion(0, 0, 0.5, 0.5))), 1, null, Cancellation))).Message, StringComparison.Ordinal);
        Assert.Contains("plane", (await Assert.ThrowsAsync<FeatureSpaceMismatchException>(() => gallery.SearchAsync(new GalleryQuery(QueryPart.OfSignatures(same)), 1, null, Cancellation))).Message, StringComparison.Ordinal);
        Assert.Contains("plane", (await Assert.ThrowsAsync<FeatureSpaceMismatchException>(() => gallery.SearchAsync(new GalleryQuery(QueryPart.OfWork("work-1"), QueryPart.OfSignatures(same)), 1, null, Cancellation))).Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<ArgumentException>(() => gallery.SearchAsync(new GalleryQuery(QueryPart.OfWork("work-1")), 1, new GallerySearchOptions { Region = new ImageRegion(0, 0, 1, 1) }, Cancellation));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => gallery.SearchAsync(new GalleryQuery(QueryPart.OfWork("work-1")), 0, null, Cancellation));
    }

    private static float[] Turned(double degrees) => [(float)Math.Cos(degrees * Math.PI / 180), (float)Math.Sin(degrees * Math.PI / 180)];

    private async Task<Gallery> OpenAsync()
    {
        var gallery = new Gallery(_store, new PatternDecoder(), [Classical]);
        await gallery.AddAsync(Enumerable.Range(0, 40).Select(i => new PaintingImage(new Painting($"work-{i}"), PatternDecoder.Source(i))), null, Cancellation);
        return gallery;
    }
}
