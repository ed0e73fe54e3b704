using ArtSimilarity.Evaluation;
using ArtSimilarity.Galleries;
using ArtSimilarity.Indexing;
using ArtSimilarity.Metrics;
using Xunit;

namespace ArtSimilarity.Tests;

public sealed class ParallelismTests
{
    public static TheoryData<string, Action<int>> Options { get; } = new()
    {
        { nameof(GalleryOptions.MaxDegreeOfParallelism), value => Create(new GalleryOptions { MaxDegreeOfParallelism = value }) },
        { nameof(GalleryOptions.MaxConcurrentSearches), value => Create(new GalleryOptions { MaxConcurrentSearches = value }) },
        { nameof(GalleryOptions.MaxConcurrentExtractions), value => Create(new GalleryOptions { MaxConcurrentExtractions = value }) },
        { "maxDegreeOfParallelism", Evaluate },
        { "maxDegreeOfParallelism", SearchMany },
    };

    [Theory]
    [MemberData(nameof(Options))]
    public void A_number_of_threads_is_at_least_one_or_minus_one_for_all_processors(string name, Action<int> use)
    {
        foreach (int value in new[] { 0, -2, int.MinValue })
        {
            ArgumentOutOfRangeException e = Assert.Throws<ArgumentOutOfRangeException>(() => use(value));
            Assert.Equal((name, value), (e.ParamName, e.ActualValue));
            Assert.StartsWith($"{name} is {value}. It must be at least 1, or -1 for one per processor.", e.Message, StringComparison.Ordinal);
        }

        Assert.All([-1, 1, 3], use);
    }

    private static void Create(GalleryOptions options)
    {
        using var store = new InMemoryGalleryStore();
        new Gallery(store, null, [], null, options).Dispose();
    }

    private static void Evaluate(int value)
    {
        var labelled = new LabelledVectors(Vectors(), ["a", "a"]);
        Assert.Equal(2, RetrievalEvaluator.EvaluateLabels(labelled, labelled, [1], SimilarityMetrics.Angular, value, TestContext.Current.CancellationToken).QueryCount);
    }

    private static void SearchMany(int value)
    {
        using var index = new FlatIndex(Vectors(), SimilarityMetrics.Angular);
        int[] counts = new int[1];
        index.SearchMany(new float[] { 1, 0 }, 1, new Neighbor[1], counts, null, value, TestContext.Current.CancellationToken);
        Assert.Equal([1], counts);
    }

    private static VectorSet Vectors()
    {
        var vectors = new VectorSet(2);
        vectors.Add([0, 1], [1, 0, 0, 1]);
        return vectors;
    }
}
