using ArtSimilarity.Features;
using ArtSimilarity.Galleries;
using ArtSimilarity.Metrics;
using Xunit;

namespace ArtSimilarity.Tests;

/// <summary>What a search does beyond finding the nearest: leave out, spread, correct for hubs, limit, and say what a distance means.</summary>
public sealed class RefinedSearchTests : IAsyncDisposable
{
    private const int Count = 120;
    private static readonly FeatureSpace First = new("first", "none", 6), Second = new("second", "none", 4);
    private readonly InMemoryGalleryStore _store = new();
    private readonly List<(string Key, float[] First, float[] Second)> _works = [];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    [Fact]
    public async Task Works_of_the_same_artist_title_or_image_are_left_out_and_others_take_their_places()
    {
        double[] angles = [0, 1, 2, 3, 4, 5, 6, 7];
        string[][] artists = [["Ånna"], ["anna"], ["Bob", "ANNA"], ["Bob"], ["Bob"], ["Cleo"], [], ["Cleo"]];
        string?[] titles = ["Sea", "Sea", "Lake", "Hill", "sea", "Wood", null, "Hill"];
        string[] hashes = ["a", "b", "c", "a", "d", "e", "f", "g"];
        await _store.WriteAsync([.. angles.Select((angle, i) => new GalleryEntry(new Painting($"w{i}") { Artists = artists[i], Title = titles[i] }, hashes[i], [new Signature(Second, new float[] { (float)Math.Cos(angle / 50), (float)Math.Sin(angle / 50), 0, 0 })]))], Cancellation);
        await using var gallery = new Gallery(_store, null, []);
        Assert.Equal(["w1", "w2", "w3"], await KeysAsync(null));
        Assert.Equal(["w3", "w4", "w5"], await KeysAsync(new ResultExclusions { SameArtist = true }));
        Assert.Equal(["w2", "w3", "w5"], await KeysAsync(new ResultExclusions { SameTitle = true }));
        Assert.Equal(["w1", "w2", "w4"], await KeysAsync(new ResultExclusions { SameImage = true }));
        Assert.Equal(["w5", "w6", "w7"], await KeysAsync(new ResultExclusions { SameArtist = true, SameTitle = true, SameImage = true }));
        Assert.Equal(["w1", "w5", "w6"], await KeysAsync(new ResultExclusions { Artists = ["BOB"] }));
        Assert.Equal(["w1", "w4", "w6"], await KeysAsync(new ResultExclusions { Titles = ["hill", "wood"], Keys = ["w2"] }));
        Assert.Equal(["w6"], await KeysAsync(new ResultExclusions { Artists = ["anna", "bob", "cleo"] }));

        // Only the works that are wanted count as the query's.
        var query = new GalleryQuery(QueryPart.OfWork("w0"), new QueryPart(QueryView.OfWork("w5")) { IsWanted = false });
        GallerySearchResult found = await gallery.SearchAsync(query, 9, new GallerySearchOptions { LeaveOut = new ResultExclusions { SameArtist = true } }, Cancellation);
        Assert.Contains("w7", found.Results.Select(result => result.Painting.Key));
        Assert.DoesNotContain("w1", found.Results.Select(result => result.Painting.Key));

        async Task<string[]> KeysAsync(ResultExclusions? leaveOut) =>
            [.. (await gallery.SearchByKeyAsync("w0", 3, new GallerySearchOptions { LeaveOut = leaveOut }, Cancellation)).Results.Select(result => result.Painting.Key)];
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public async Task Numbers_are_those_of_a_brute_force(bool both, bool index)
    {
        await WriteAsync();
        await using Gallery gallery = await OpenAsync(index);
        SpaceWeight[] spaces = both ? [new(First, 0.7), new(Second, 0.3)] : [First];
        const int Query = 17;
        GallerySearchResult found = await gallery.SearchByKeyAsync(_works[Query].Key, 25, new GallerySearchOptions { Spaces = spaces, IncludeStatistics = true }, Cancellation);
        GallerySearchResult plain = await gallery.SearchByKeyAsync(_works[Query].Key, 25, new GallerySearchOptions { Spaces = spaces }, Cancellation);
        Assert.Equal(plain.Results, found.Results);
        Assert.All(plain.Results, result => Assert.Null(result.Statistics));

        double[] pairs = [.. from i in Enumerable.Range(0, Count) from j in Enumerable.Range(0, i) select Distance(spaces, i, j)];
        for (int place = 0; place < found.Results.Count; place++)
        {
            SimilarPainting result = found.Results[place];
            int work = _works.FindIndex(candidate => candidate.Key == result.Painting.Key);
            ResultStatistics numbers = result.Statistics!;
            Assert.Equal(place + 1, numbers.Rank);
            Assert.Equal(1 + Enumerable.Range(0, Count).Count(other => other != work && other != Query && Distance(spaces, work, other) < result.Distance - 1e-6), numbers.ReverseRank);
            Assert.Equal(100.0 * pairs.Count(distance => distance <= result.Distance + 1e-6) / pairs.Length, numbers.Percentile!.Value, 0.03);
            Assert.Equal((2 * Cosine(spaces, Query, work)) - MeanNear(spaces, Query) - MeanNear(spaces, work), numbers.HubCorrectedScore, 1e-4);
        }

        // The rank is that among all, whatever is left out.
        var leaveOut = new ResultExclusions { Keys = [.. plain.Results.Take(4).Select(result => result.Painting.Key)] };
        GallerySearchResult fewer = await gallery.SearchByKeyAsync(_works[Query].Key, 3, new GallerySearchOptions { Spaces = spaces, IncludeStatistics = true, LeaveOut = leaveOut }, Cancellation);
        Assert.Equal([5, 6, 7], fewer.Results.Select(result => result.Statistics!.Rank));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_hub_corrected_order_is_that_of_the_scores(bool both)
    {
        await WriteAsync();
        await using Gallery gallery = await OpenAsync(index: false);
        SpaceWeight[] spaces = both ? [new(First, 0.5), new(Second, 0.5)] : [Second];
        GallerySearchResult found = await gallery.SearchByKeyAsync("work-3", Count, new GallerySearchOptions { Spaces = spaces, HubCorrected = true, IncludeStatistics = true }, Cancellation);
        double[] scores = [.. Enumerable.Range(0, Count).Where(work => work != 3).Select(work => (2 * Cosine(spaces, 3, work)) - MeanNear(spaces, 3) - MeanNear(spaces, work)).OrderDescending()];
        Assert.Equal(Count - 1, found.Results.Count);
        Assert.All(found.Results.Zip(scores), each => Assert.Equal(each.Second, each.First.Statistics!.HubCorrectedScore, 1e-4));
        Assert.NotEqual(found.Results.Select(result => result.Distance).Order(), found.Results.Select(result => result.Distance));
    }

    [Fact]
    public async Task No_diversity_is_the_order_of_the_distances_and_more_is_maximal_marginal_relevance()
    {
        await WriteAsync();
        await using Gallery gallery = await OpenAsync(index: false);
        SpaceWeight[] spaces = [First];
        GallerySearchResult plain = await gallery.SearchByKeyAsync("work-5", Count, new GallerySearchOptions { Spaces = spaces }, Cancellation);
        GallerySearchResult none = await gallery.SearchByKeyAsync("work-5", Count, new GallerySearchOptions { Spaces = spaces, Diversity = 0 }, Cancellation);
        Assert.Equal(plain.Results, none.Results);
        double[] closest = new double[3];
        foreach ((int number, double diversity) in new[] { 0.001, 0.3, 1 }.Index())
        {
            GallerySearchResult found = await gallery.SearchByKeyAsync("work-5", 8, new GallerySearchOptions { Spaces = spaces, Diversity = diversity }, Cancellation);
            List<int> left = [.. plain.Results.Take(50).Select(result => _works.FindIndex(work => work.Key == result.Painting.Key))], chosen = [left[0]];
            left.RemoveAt(0);
            while (chosen.Count < 8)
            {
                int best = left.MaxBy(work => ((1 - diversity) * Cosine(spaces, 5, work)) - (diversity * chosen.Max(other => Cosine(spaces, work, other))));
                left.Remove(best);
                chosen.Add(best);
            }

            Assert.Equal(chosen.Select(work => _works[work].Key), found.Results.Select(result => result.Painting.Key));
            closest[number] = (from i in Enumerable.Range(0, 8) from j in Enumerable.Range(0, i) select Distance(spaces, chosen[i], chosen[j])).Min();
        }

        Assert.True(closest[0] < closest[2]);
    }

    [Fact]
    public async Task A_search_stops_where_results_are_no_nearer_than_pairs_of_the_gallery()
    {
        await WriteAsync();
        await using Gallery gallery = await OpenAsync(index: false);
        GallerySearchResult all = await gallery.SearchByKeyAsync("work-9", Count, new GallerySearchOptions { Spaces = [First], IncludeStatistics = true }, Cancellation);
        foreach (double most in new[] { 0, 0.5, 5, 40, 100 })
        {
            GallerySearchResult found = await gallery.SearchByKeyAsync("work-9", Count, new GallerySearchOptions { Spaces = [First], MaxPercentile = most }, Cancellation);
            Assert.Equal(all.Results.Where(result => result.Statistics!.Percentile <= most), found.Results);
            GallerySearchResult few = await gallery.SearchByKeyAsync("work-9", 2, new GallerySearchOptions { Spaces = [First], MaxPercentile = most }, Cancellation);
            Assert.Equal(found.Results.Take(2), few.Results);
        }

        // What the gallery has since counts too.
        await _store.RemoveAsync([.. all.Results.Take(100).Select(result => result.Painting.Key)], Cancellation);
        GallerySearchResult after = await gallery.SearchByKeyAsync("work-9", 1, new GallerySearchOptions { Spaces = [First], IncludeStatistics = true }, Cancellation);
        Assert.NotEqual(all.Results[100].Statistics!.Percentile, after.Results[0].Statistics!.Percentile);
    }

    [Fact]
    public async Task A_gallery_of_one_work_has_no_percentile_and_limits_nothing()
    {
        await _store.WriteAsync([new GalleryEntry(new Painting("only"), "hash", [new Signature(Second, new float[] { 1, 0, 0, 0 })])], Cancellation);
        await using var gallery = new Gallery(_store, null, []);
        var options = new GallerySearchOptions { IncludeStatistics = true, MaxPercentile = 1, Diversity = 0.5, HubCorrected = true };
        SimilarPainting found = Assert.Single((await gallery.SearchAsync(new Signature(Second, new float[] { 0, 1, 0, 0 }), 3, options, Cancellation)).Results);
        Assert.Null(found.Statistics!.Percentile);
        Assert.Equal((1, 1), (found.Statistics.Rank, found.Statistics.ReverseRank));
        await _store.RemoveAsync(["only"], Cancellation);
        Assert.Empty((await gallery.SearchAsync(new Signature(Second, new float[] { 0, 1, 0, 0 }), 3, options, Cancellation)).Results);
    }

    [Fact]
    public void Values_out_of_range_are_named()
    {
        foreach (double value in new[] { -0.1, 1.1, double.NaN })
        {
            Assert.Equal(value, Assert.Throws<ArgumentOutOfRangeException>(() => new GallerySearchOptions { Diversity = value }).ActualValue);
        }

        foreach (double value in new[] { -0.1, 100.1, double.NaN })
        {
            Assert.Equal(value, Assert.Throws<ArgumentOutOfRangeException>(() => new GallerySearchOptions { MaxPercentile = value }).ActualValue);
        }
    }

    private async Task<Gallery> OpenAsync(bool index)
    {
        var gallery = new Gallery(_store, null, [], index ? new FakeIndexProvider() : null, new GalleryOptions { ApproximateFrom = 0 });
        await gallery.PrepareAsync(First, null, Cancellation);
        await gallery.PrepareAsync(Second, null, Cancellation);
        return gallery;
    }

    private async Task WriteAsync()
    {
        var random = new Random(4);
        float[][] centres = [.. Enumerable.Range(0, 8).Select(_ => Numbers(6))];
        for (int work = 0; work < Count; work++)
        {
            float[] centre = centres[work % centres.Length];
            float[] first = [.. Numbers(6).Select((x, i) => centre[i] + (0.4f * x))];
            _works.Add(($"work-{work}", first, Numbers(4)));
        }

        await _store.WriteAsync([.. _works.Select(work => new GalleryEntry(new Painting(work.Key), "hash", [new Signature(First, work.First), new Signature(Second, work.Second)]))], Cancellation);

        float[] Numbers(int count) => [.. Enumerable.Range(0, count).Select(_ => (float)(random.NextDouble() - 0.5))];
    }

    private double Distance(SpaceWeight[] spaces, int x, int y) => Math.Sqrt(Math.Max(0, 2 - (2 * Cosine(spaces, x, y))));

    private double Cosine(SpaceWeight[] spaces, int x, int y)
    {
        double total = spaces.Sum(space => space.Weight);
        return spaces.Sum(space => space.Weight / total * SimilarityMetrics.Angular.Similarity(SimilarityMetrics.Angular.Distance(VectorOf(space, x), VectorOf(space, y))));
    }

    private float[] VectorOf(SpaceWeight space, int work) => space.Space == First ? _works[work].First : _works[work].Second;

    private double MeanNear(SpaceWeight[] spaces, int work) =>
        Enumerable.Range(0, Count).Where(other => other != work).Select(other => Cosine(spaces, work, other)).OrderDescending().Take(10).Average();
}
