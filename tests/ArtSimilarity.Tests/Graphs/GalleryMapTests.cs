using System.Numerics;
using ArtSimilarity.Evaluation;
using ArtSimilarity.Graphs;
using ArtSimilarity.Indexing;
using Xunit;

namespace ArtSimilarity.Tests.Graphs;

public sealed class GalleryMapTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_layout_keeps_neighbourhoods_and_is_the_same_for_a_seed()
    {
        await using ClusteredGallery gallery = await ClusteredGallery.CreateAsync(500, Cancellation);
        NeighborGraph graph = await NeighborGraphBuilder.BuildAsync(gallery.Gallery, new NeighborGraphOptions { NeighborCount = 15 }, null, Cancellation);
        IReadOnlyList<Vector2> layout = UmapLayout.Compute(graph, new UmapOptions { Epochs = 200 }, null, Cancellation);
        Assert.Equal(layout, UmapLayout.Compute(graph, new UmapOptions { Epochs = 200 }, null, Cancellation));
        Assert.NotEqual(layout, UmapLayout.Compute(graph, new UmapOptions { Epochs = 200, Seed = 1 }, null, Cancellation));
        Assert.All(layout, place => Assert.True(float.IsFinite(place.X) && float.IsFinite(place.Y)));
        double trust = Trustworthiness.Measure(gallery.Vectors, Set(layout), 10, null, null, -1, Cancellation);
        Assert.InRange(trust, 0.9, 1);
        Vector2[] shuffled = [.. layout];
        new Random(1).Shuffle(shuffled);
        Assert.InRange(Trustworthiness.Measure(gallery.Vectors, Set(shuffled), 10, null, null, -1, Cancellation), 0.3, 0.7); // chance is about a half
    }

    [Fact]
    public void Graphs_without_works_or_edges_and_of_equal_works_have_layouts_too()
    {
        Assert.Empty(UmapLayout.Compute(new NeighborGraph([], []), null, null, Cancellation));
        Assert.Single(UmapLayout.Compute(new NeighborGraph([new("a")], [[]]), null, null, Cancellation));
        Painting[] works = [new("a"), new("b"), new("c")];
        Assert.All(
            UmapLayout.Compute(new NeighborGraph(works, [[new(1, 0), new(2, 0)], [new(0, 0), new(2, 0)], [new(0, 0), new(1, 0)]]), null, null, Cancellation),
            place => Assert.True(float.IsFinite(place.X) && float.IsFinite(place.Y)));
        Assert.ThrowsAny<OperationCanceledException>(() => UmapLayout.Compute(new NeighborGraph(works, [[], [], []]), null, null, new CancellationToken(canceled: true)));
        Assert.Throws<ArgumentOutOfRangeException>(() => new UmapOptions { Epochs = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new UmapOptions { NegativeSamples = -1 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new GalleryMapOptions { NeighborCount = 0 });
    }

    [Fact]
    public async Task A_gallery_that_keeps_nothing_on_disk_is_laid_out_each_time()
    {
        await using ClusteredGallery gallery = await ClusteredGallery.CreateAsync(60, Cancellation);
        GalleryMap map = await GalleryMap.OpenAsync(gallery.Gallery, null, null, Cancellation);
        Assert.Equal((60, true, 0, false), (map.Places.Count, map.IsNew, map.PlacedCount, map.IsKept));
        Assert.Equal(Enumerable.Range(0, 60).Select(i => $"w{i}"), map.Places.Select(place => place.Work.Key));
    }

    [Fact]
    public async Task In_the_unit_square_a_map_keeps_its_proportions_and_lies_in_the_middle()
    {
        await using ClusteredGallery gallery = await ClusteredGallery.CreateAsync(60, Cancellation);
        GalleryMap map = await GalleryMap.OpenAsync(gallery.Gallery, null, null, Cancellation);
        Vector2[] before = [.. map.Places.Select(place => place.Position)], after = [.. map.InUnitSquare()];
        Assert.Equal(before.Length, after.Length);
        Assert.All(after, place => Assert.True(place is { X: >= 0 and <= 1, Y: >= 0 and <= 1 }));
        float scale = Vector2.Distance(after[0], after[1]) / Vector2.Distance(before[0], before[1]);
        for (int i = 1; i < after.Length; i++)
        {
            Vector2 step = (before[i] - before[0]) * scale;
            Assert.Equal(step.X, after[i].X - after[0].X, 1e-4);
            Assert.Equal(step.Y, after[i].Y - after[0].Y, 1e-4);
        }

        Vector2 least = after.Aggregate(Vector2.Min), most = after.Aggregate(Vector2.Max);
        Assert.Equal(1, Math.Max(most.X - least.X, most.Y - least.Y), 1e-5);
        Assert.Equal(1, least.X + most.X, 1e-5);
        Assert.Equal(1, least.Y + most.Y, 1e-5);
    }

    [Fact]
    public async Task One_work_alone_lies_in_the_middle_of_the_unit_square_and_no_work_nowhere()
    {
        await using ClusteredGallery gallery = await ClusteredGallery.CreateAsync(1, Cancellation);
        Assert.Equal([new Vector2(0.5f)], (await GalleryMap.OpenAsync(gallery.Gallery, null, null, Cancellation)).InUnitSquare());
        await gallery.Gallery.RemoveAsync(["w0"], Cancellation);
        Assert.Empty((await GalleryMap.OpenAsync(gallery.Gallery, null, null, Cancellation)).InUnitSquare());
    }

    [Fact]
    public void Trustworthiness_is_1_for_the_truth_and_what_the_definition_says_otherwise()
    {
        // On a line, in the layout the last one comes to lie beside the first.
        VectorSet truth = new(1), layout = new(1);
        float[] before = [1, 2, 4, 8, 16, 32], after = [1, 2, 4, 8, 16, 0.5f];
        for (int i = 0; i < before.Length; i++)
        {
            truth.Add([i], [before[i]]);
            layout.Add([i], [after[i]]);
        }

        Assert.Equal(1, Trustworthiness.Measure(truth, truth, 1, Metrics.SimilarityMetrics.Euclidean, null, 1, Cancellation));

        // The nearest in the layout: 0→5 (rank 5), 1→0 (1), 2→1 (1), 3→2 (1), 4→3 (1), 5→0 (rank 5): Σ (r − 1) = 8, of 6·1·(12 − 3 − 1) / 2 = 24.
        Assert.Equal(1 - (8 / 24.0), Trustworthiness.Measure(truth, layout, 1, Metrics.SimilarityMetrics.Euclidean, null, 1, Cancellation), 1e-12);
        Assert.Equal(1 - (4 / 4.0), Trustworthiness.Measure(truth, layout, 1, Metrics.SimilarityMetrics.Euclidean, [0], 1, Cancellation), 1e-12);
        Assert.Throws<ArgumentException>(() => Trustworthiness.Measure(truth, layout, 3, null, null, 1, Cancellation));
        Assert.Throws<ArgumentException>(() => Trustworthiness.Measure(truth, new VectorSet(2), 1, null, null, 1, Cancellation));
        Assert.Throws<ArgumentException>(() => Trustworthiness.Measure(truth, layout, 1, null, [], 1, Cancellation));
    }

    internal static VectorSet Set(IEnumerable<Vector2> layout)
    {
        var set = new VectorSet(2);
        foreach ((int i, Vector2 place) in layout.Index())
        {
            set.Add([i], [place.X, place.Y]);
        }

        return set;
    }
}
