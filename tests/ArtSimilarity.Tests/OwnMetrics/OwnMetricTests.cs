using ArtSimilarity.Evaluation;
using ArtSimilarity.Features;
using ArtSimilarity.Galleries;
using ArtSimilarity.Indexing;
using ArtSimilarity.Metrics;
using ArtSimilarity.TestSupport;
using ArtSimilarity.Testing;
using Xunit;

namespace ArtSimilarity.Tests.OwnMetrics;

/// <summary>Metrics that a host writes: they work wherever an exact scan answers, and what is wrong with them is told.</summary>
public sealed class OwnMetricTests : SimilarityMetricConformance
{
    /// <summary>One instance of each.</summary>
    internal static IReadOnlyList<ISimilarityMetric> All { get; } = [new ManhattanMetric(), new ChiSquareMetric(), new AngleMetric(), new LogProductMetric()];

    protected override IReadOnlyList<ISimilarityMetric> Metrics => All;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(float.NaN, "NaN")]
    [InlineData(float.NegativeInfinity, "-Infinity")]
    public void A_distance_that_cannot_be_ordered_is_told_with_its_vector(float broken, string shown)
    {
        using FlatIndex index = Index(new DelegateMetric { OfFirst = (x, y) => y == 7 ? broken : Math.Abs(x - y) });
        AssertTells(() => index.Search([1, 0], new Neighbor[3]));
        AssertTells(() => index.SearchMany(new float[] { 1, 0, 2, 0 }, 3, new Neighbor[6], new int[2], cancellationToken: Cancellation));
        AssertTells(() => index.SearchMany(new float[80], 3, new Neighbor[120], new int[40], maxDegreeOfParallelism: 2, cancellationToken: Cancellation));
        Assert.Equal(3, index.Search([1, 0], new Neighbor[3], new IdSet([101, 102, 103])));

        void AssertTells(Action search)
        {
            SimilarityMetricException e = Assert.Throws<SimilarityMetricException>(search);
            Assert.Contains("'mine'", e.Message, StringComparison.Ordinal);
            Assert.Contains("107", e.Message, StringComparison.Ordinal);
            Assert.Contains(shown, e.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_ranking_by_what_cannot_be_ordered_is_none()
    {
        var set = new VectorSet(1);
        set.Add([0, 1, 2], [1, 2, 3]);
        var labelled = new LabelledVectors(set, ["a", "a", "b"]);
        Assert.Throws<SimilarityMetricException>(() =>
            RetrievalEvaluator.EvaluateLabels(labelled, labelled, [1], new DelegateMetric { OfFirst = (_, _) => float.NaN }, maxDegreeOfParallelism: 2, Cancellation));
    }

    [Fact]
    public void Infinite_distances_come_last_and_negative_ones_first()
    {
        using FlatIndex index = Index(new DelegateMetric { OfFirst = (_, y) => y switch { 3 => float.PositiveInfinity, 4 => -5, _ => y } });
        var found = new Neighbor[10];
        Assert.Equal(10, index.Search([1, 0], found));
        Assert.Equal([new Neighbor(104, -5), new Neighbor(100, 0)], found[..2]);
        Assert.Equal(new Neighbor(103, float.PositiveInfinity), found[^1]);
    }

    [Fact]
    public void A_measure_without_its_distance_says_what_to_implement()
    {
        using FlatIndex index = Index(new MeasureWithoutDistanceMetric());
        NotSupportedException e = Assert.Throws<NotSupportedException>(() => index.Search([1, 0], new Neighbor[3]));
        Assert.Contains("'forgetful'", e.Message, StringComparison.Ordinal);
        Assert.Contains(nameof(ISimilarityMetric.DistanceFrom), e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Vectors_of_different_lengths_have_no_measure()
    {
        foreach (VectorMeasure measure in new[] { VectorMeasure.Cosine, VectorMeasure.InnerProduct, VectorMeasure.SquaredDistance })
        {
            Assert.Contains("2 and 3", Assert.Throws<ArgumentException>(() => measure.Of([1, 2], [1, 2, 3])).Message, StringComparison.Ordinal);
            Assert.Throws<ArgumentException>(() => measure.Of([], []));
        }

        Assert.Equal([11, 8], new[] { VectorMeasure.InnerProduct.Of([1, 2], [3, 4]), VectorMeasure.SquaredDistance.Of([1, 2], [3, 4]) });
        Assert.Equal(0.6, VectorMeasure.Cosine.Of([2, 0], [3, 4]), 1e-12);
        Assert.Equal(0, VectorMeasure.Cosine.Of([0, 0], [3, 4]));
    }

    [Fact]
    public async Task What_a_metric_makes_of_several_spaces_is_checked()
    {
        FeatureSpace first = new("first", "none", 1), second = new("second", "none", 1);
        await using var store = new InMemoryGalleryStore();
        await store.WriteAsync([.. Enumerable.Range(0, 20).Select(work => new GalleryEntry(new Painting($"work-{work}"), "hash", [new Signature(first, new float[] { work }), new Signature(second, new float[] { 20 - work })]))], Cancellation);
        foreach ((DelegateMetric metric, string told) in new[]
        {
            (new DelegateMetric { Term = distance => distance == 4 ? double.NaN : distance }, "SpaceTerm(4)"),
            (new DelegateMetric { Combined = sum => double.NaN }, "CombineSpaces("),
        })
        {
            await using var gallery = new Gallery(store, new PatternDecoder(), [], null, new GalleryOptions { Metric = metric });
            SimilarityMetricException e = await Assert.ThrowsAsync<SimilarityMetricException>(() =>
                gallery.SearchByKeyAsync("work-3", 5, new GallerySearchOptions { Spaces = [new(first, 1), new(second, 1)] }, Cancellation));
            Assert.Contains(told, e.Message, StringComparison.Ordinal);
            Assert.Equal(5, (await gallery.SearchByKeyAsync("work-3", 5, new GallerySearchOptions { Spaces = [first] }, Cancellation)).Results.Count);
        }
    }

    [Fact]
    public async Task A_gallery_refuses_a_metric_without_a_name_and_an_index_that_does_not_support_it()
    {
        await using var store = new InMemoryGalleryStore();
        Assert.Throws<ArgumentException>(() => new Gallery(store, new PatternDecoder(), [], null, new GalleryOptions { Metric = new DelegateMetric(" ") }));
        ArgumentException e = Assert.Throws<ArgumentException>(() =>
            new Gallery(store, new PatternDecoder(), [], new AngularOnlyProvider(), new GalleryOptions { Metric = new ManhattanMetric() }));
        Assert.Contains("manhattan", e.Message, StringComparison.Ordinal);
        Assert.Contains("exact scan", e.Message, StringComparison.Ordinal);
    }

    private static FlatIndex Index(ISimilarityMetric metric)
    {
        var index = new FlatIndex(2, metric);
        index.Add([.. Enumerable.Range(100, 10)], [.. Enumerable.Range(0, 10).SelectMany(i => new float[] { i, 1 })]);
        return index;
    }

    private sealed class AngularOnlyProvider : IVectorIndexProvider
    {
        public string Name => "angular-only";

        public string Settings => "";

        public bool Supports(ISimilarityMetric metric) => metric == SimilarityMetrics.Angular;

        public ValueTask<IVectorIndex> BuildAsync(
            VectorSet vectors,
            ISimilarityMetric metric,
            VectorIndexLocation location,
            string stamp,
            IProgress<double>? progress = null,
            CancellationToken cancellationToken = default) =>
            throw new NotSupportedException();

        public ValueTask<OpenedVectorIndex?> OpenAsync(VectorIndexLocation location, CancellationToken cancellationToken = default) =>
            throw new NotSupportedException();
    }
}
