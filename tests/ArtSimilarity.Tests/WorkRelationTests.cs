using ArtSimilarity.Features;
using ArtSimilarity.Galleries;
using ArtSimilarity.Metrics;
using ArtSimilarity.Tests.Graphs;
using Xunit;

namespace ArtSimilarity.Tests;

public sealed class WorkRelationTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Distance_and_places_are_those_of_an_exhaustive_ranking()
    {
        await using ClusteredGallery gallery = await ClusteredGallery.CreateAsync(60, Cancellation);
        for (int pair = 0; pair < 40; pair++)
        {
            int first = pair * 7 % 60, second = ((pair * 13) + 10) % 60;
            if (first == second)
            {
                continue;
            }

            WorkRelation relation = await WorkRelation.FindAsync(gallery.Gallery, $"w{first}", $"w{second}", null, Cancellation);
            Assert.Equal(Distance(first, second), relation.Distance, 1e-5);
            Assert.Equal(SimilarityMetrics.Angular.Similarity(relation.Distance), relation.Similarity, 1e-5);
            Assert.Equal((Place(first, second), Place(second, first)), (relation.RankOfSecond, relation.RankOfFirst));
            WorkRelation back = await WorkRelation.FindAsync(gallery.Gallery, $"w{second}", $"w{first}", ClusteredGallery.Space, Cancellation);
            Assert.Equal((relation.RankOfFirst, relation.RankOfSecond), (back.RankOfSecond, back.RankOfFirst));
        }

        double Distance(int a, int b) => SimilarityMetrics.Angular.Distance(gallery.Vectors[a], gallery.Vectors[b]);

        int Place(int of, int other) => 1 + Enumerable.Range(0, 60).Count(third => third != of && third != other && Distance(of, third) < Distance(of, other));
    }

    [Fact]
    public async Task A_place_beyond_those_that_are_counted_is_none()
    {
        const int Count = ResultStatistics.MaxReverseRank + 200;
        await using ClusteredGallery gallery = await ClusteredGallery.CreateAsync(Count, Cancellation);
        int farthest = Enumerable.Range(1, Count - 1).MaxBy(other => SimilarityMetrics.Angular.Distance(gallery.Vectors[0], gallery.Vectors[other]));
        Assert.Null((await WorkRelation.FindAsync(gallery.Gallery, "w0", $"w{farthest}", null, Cancellation)).RankOfSecond);
    }

    [Fact]
    public async Task Works_that_are_not_there_or_the_same_are_refused()
    {
        await using ClusteredGallery gallery = await ClusteredGallery.CreateAsync(5, Cancellation);
        Assert.Contains("'nobody'", (await Assert.ThrowsAsync<PaintingNotFoundException>(() => WorkRelation.FindAsync(gallery.Gallery, "nobody", "w1", null, Cancellation))).Message, StringComparison.Ordinal);
        Assert.Contains("'nobody'", (await Assert.ThrowsAsync<PaintingNotFoundException>(() => WorkRelation.FindAsync(gallery.Gallery, "w1", "nobody", null, Cancellation))).Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<ArgumentException>(() => WorkRelation.FindAsync(gallery.Gallery, "w1", "w1", null, Cancellation));
        await gallery.Store.WriteAsync([new GalleryEntry(new Painting("elsewhere"), "hash", [new Signature(new FeatureSpace("other", "none", 2), new float[] { 1, 2 })])], Cancellation);
        Assert.Contains("'elsewhere'", (await Assert.ThrowsAsync<PaintingNotFoundException>(() => WorkRelation.FindAsync(gallery.Gallery, "w1", "elsewhere", ClusteredGallery.Space, Cancellation))).Message, StringComparison.Ordinal);
    }
}
