using ArtSimilarity.Galleries;
using ArtSimilarity.Graphs;
using ArtSimilarity.Metrics;
using Xunit;

namespace ArtSimilarity.Tests.Graphs;

public sealed class GenealogyTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1)]
    [InlineData(40)]
    public async Task Earlier_and_later_works_are_the_nearest_of_their_side(int apart)
    {
        await using ClusteredGallery gallery = await ClusteredGallery.CreateAsync(380, Cancellation);
        Genealogy found = await Genealogy.FindAsync(gallery.Gallery, "w201", 6, new GenealogyOptions { MinYearsApart = apart }, Cancellation);
        Assert.Equal(1701, found.Work.Year);
        Assert.Equal(Nearest(year => year <= 1701 - apart), found.Earlier.Select(work => work.Painting.Key));
        Assert.Equal(Nearest(year => year >= 1701 + apart), found.Later.Select(work => work.Painting.Key));

        string[] Nearest(Func<int, bool> isOnSide) => [.. Enumerable.Range(0, 380)
            .Where(i => i % 7 != 0 && isOnSide(1500 + i))
            .OrderBy(i => SimilarityMetrics.Angular.Distance(gallery.Vectors[201], gallery.Vectors[i]))
            .Take(6)
            .Select(i => $"w{i}")];
    }

    [Fact]
    public async Task A_filter_narrows_both_sides_and_ends_may_be_empty()
    {
        await using ClusteredGallery gallery = await ClusteredGallery.CreateAsync(100, Cancellation);
        Genealogy found = await Genealogy.FindAsync(
            gallery.Gallery, "w50", 100, new GenealogyOptions { Filter = new PaintingFilter { Genres = ["g1"], FromYear = 1520, ToYear = 1570 } }, Cancellation);
        Assert.Equal(["w31", "w41"], found.Earlier.Select(work => work.Painting.Key).Order());
        Assert.Equal(["w51", "w61"], found.Later.Select(work => work.Painting.Key).Order());
        Genealogy first = await Genealogy.FindAsync(gallery.Gallery, "w1", 3, null, Cancellation);
        Assert.Empty(first.Earlier);
        Assert.Equal(3, first.Later.Count);
        Assert.Empty((await Genealogy.FindAsync(gallery.Gallery, "w1", 3, new GenealogyOptions { MinYearsApart = int.MaxValue }, Cancellation)).Earlier);
    }

    [Fact]
    public async Task A_work_that_is_not_there_or_has_no_year_is_named()
    {
        await using ClusteredGallery gallery = await ClusteredGallery.CreateAsync(20, Cancellation);
        Assert.Contains("'nobody'", (await Assert.ThrowsAsync<PaintingNotFoundException>(() => Genealogy.FindAsync(gallery.Gallery, "nobody", 1, null, Cancellation))).Message, StringComparison.Ordinal);
        Assert.Contains("'w7' has no year", (await Assert.ThrowsAsync<InvalidOperationException>(() => Genealogy.FindAsync(gallery.Gallery, "w7", 1, null, Cancellation))).Message, StringComparison.Ordinal);
    }
}
