using ArtSimilarity.Evaluation;
using ArtSimilarity.Features;
using ArtSimilarity.Galleries;
using ArtSimilarity.Indexing;
using ArtSimilarity.Metrics;
using CsCheck;
using Xunit;

namespace ArtSimilarity.Testing;

/// <summary>What a metric promises, and that every exact search orders by it: held against a brute force by its own distance.</summary>
public abstract class SimilarityMetricConformance
{
    private static readonly FeatureSpace Genre = new("genre#1", "none", 19), Look = new("look#1", "none", 5);

    /// <summary>The metrics to test.</summary>
    protected abstract IReadOnlyList<ISimilarityMetric> Metrics { get; }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>A vector that the metrics can compare.</summary>
    protected virtual float[] Vector(Random random, int dimensions) =>
        [.. Enumerable.Range(0, dimensions).Select(_ => (float)Math.Round((random.NextDouble() * 4) - 2, 1))]; // some distances are equal

    [Fact]
    public void Names_are_lower_case_and_differ()
    {
        Assert.All(Metrics, metric => Assert.Matches("^[a-z0-9-]+$", metric.Name));
        Assert.Equal(Metrics.Count, Metrics.Select(metric => metric.Name).Distinct().Count());
    }

    [Fact]
    public void Vectors_of_different_lengths_or_of_none_are_refused() =>
        Assert.All(Metrics, metric =>
        {
            Assert.Throws<ArgumentException>(() => metric.Distance([1, 2], [1]));
            Assert.Throws<ArgumentException>(() => metric.Distance([], []));
        });

    [Fact]
    public void Distances_can_be_ordered_and_are_the_same_at_every_call() =>
        Gen.Select(Gen.Int[1, 70], Gen.Int).Sample((dimensions, seed) =>
        {
            var random = new Random(seed);
            float[] x = Vector(random, dimensions), y = random.Next(5) == 0 ? x : Vector(random, dimensions);
            foreach (ISimilarityMetric metric in Metrics)
            {
                float distance = metric.Distance(x, y);
                Assert.True(distance > float.NegativeInfinity, $"{metric.Name}: {distance}");
                Assert.Equal(distance, metric.Distance(x, y));
                Assert.False(float.IsNaN(metric.Similarity(distance)));
            }
        });

    [Fact]
    public void Similarity_falls_as_the_distance_grows() => CheckSampled((metric, distances) =>
    {
        foreach ((float nearer, float farther) in distances.Zip(distances.Skip(1)))
        {
            Assert.True(metric.Similarity(nearer) >= metric.Similarity(farther));
        }

        Assert.True(metric.Similarity(distances[0]) > metric.Similarity(distances[^1]));
    });

    [Fact]
    public void Distances_over_several_spaces_grow_with_those_in_each() => CheckSampled((metric, distances) =>
    {
        foreach ((float nearer, float farther) in distances.Zip(distances.Skip(1)))
        {
            Assert.True(metric.SpaceTerm(nearer) <= metric.SpaceTerm(farther));
            Assert.True(Combine(metric, 0.3, nearer, distances[5]) <= Combine(metric, 0.3, farther, distances[5]));
        }

        Assert.All(distances, distance => Assert.Equal(distance, metric.CombineSpaces(metric.SpaceTerm(distance)), Tolerance(distance)));
    });

    [Fact]
    public void A_measure_gives_the_distance_and_its_order() =>
        Gen.Select(Gen.Int[1, 70], Gen.Int).Sample((dimensions, seed) =>
        {
            var random = new Random(seed);
            float[] x = Vector(random, dimensions), y = Vector(random, dimensions), z = Vector(random, dimensions);
            foreach (ISimilarityMetric metric in Metrics)
            {
                if (metric.Measure is not VectorMeasure measure)
                {
                    Assert.Throws<NotSupportedException>(() => metric.DistanceFrom(0.5));
                    continue;
                }

                Assert.Same(measure, metric.Measure);
                double toY = measure.Of(x, y), toZ = measure.Of(x, z);
                Assert.Equal(metric.DistanceFrom(toY), metric.Distance(x, y), Tolerance(metric.DistanceFrom(toY)));
                double nearer = measure == VectorMeasure.SquaredDistance ? Math.Min(toY, toZ) : Math.Max(toY, toZ);
                double farther = measure == VectorMeasure.SquaredDistance ? Math.Max(toY, toZ) : Math.Min(toY, toZ);
                Assert.True(metric.DistanceFrom(nearer) <= metric.DistanceFrom(farther));

                // Strictly, also as floats: what a scan in single precision tells apart must not fall together.
                Assert.True(Math.Abs(nearer - farther) < 1e-4 * Math.Max(1, Math.Abs(farther)) || (float)metric.DistanceFrom(nearer) < (float)metric.DistanceFrom(farther));
            }
        });

    [Fact]
    public void An_exact_index_orders_by_it_one_query_or_many() =>
        Gen.Select(Gen.Int[1, 70], Gen.Int[0, 300], Gen.Int[1, 40], Gen.Int[1, 40], Gen.Bool, Gen.Int).Sample(
            (dimensions, count, queryCount, k, filtered, seed) =>
            {
                var random = new Random(seed);
                float[][] vectors = [.. Enumerable.Range(0, count).Select(_ => Vector(random, dimensions))];
                float[][] queries = [.. Enumerable.Range(0, queryCount).Select(_ => Vector(random, dimensions))];
                IdSet? filter = filtered ? new IdSet(Enumerable.Range(0, count).Where(_ => random.Next(3) == 0)) : null;
                foreach (ISimilarityMetric metric in Metrics)
                {
                    using var index = new FlatIndex(dimensions, metric);
                    index.Add([.. Enumerable.Range(0, count)], [.. vectors.SelectMany(vector => vector)]);
                    index.Remove([3, 4, 5]);
                    int[] ids = [.. Enumerable.Range(0, count).Where(id => id is < 3 or > 5 && filter?.Contains(id) != false)];
                    var found = new Neighbor[k];
                    var many = new Neighbor[k * queryCount];
                    int[] counts = new int[queryCount];
                    index.SearchMany(queries.SelectMany(query => query).ToArray(), k, many, counts, filter, 1 + random.Next(2), Token);
                    for (int q = 0; q < queryCount; q++)
                    {
                        int one = index.Search(queries[q], found, filter);
                        Assert.Equal(found[..one], many.AsSpan(q * k, counts[q]).ToArray());
                        AssertAreNearest(metric, [.. ids.Select(id => new Neighbor(id, metric.Distance(queries[q], vectors[id])))], found[..one], k);
                    }
                }
            },
            iter: 60);

    [Fact]
    public void A_whole_ranking_is_ordered_by_it()
    {
        var random = new Random(5);
        float[][] vectors = [.. Enumerable.Range(0, 250).Select(_ => Vector(random, 23))];
        var set = new VectorSet(23);
        set.Add([.. Enumerable.Range(0, 250)], [.. vectors.SelectMany(vector => vector)]);
        foreach (ISimilarityMetric metric in Metrics)
        {
            for (int i = 0; i < 20; i++)
            {
                // The truly nearest have the query's label: a ranking that finds them first has a precision of 1.
                float[] query = Vector(random, 23);
                var nearest = new HashSet<int>(Enumerable.Range(0, 250).OrderBy(id => new Neighbor(id, metric.Distance(query, vectors[id]))).Take(100));
                var queries = new VectorSet(23);
                queries.Add([1000], query);
                LabelRetrievalReport report = RetrievalEvaluator.EvaluateLabels(
                    new LabelledVectors(set, [.. Enumerable.Range(0, 250).Select(id => nearest.Contains(id) ? "near" : "far")]),
                    new LabelledVectors(queries, ["near"]),
                    [90, 100],
                    metric,
                    maxDegreeOfParallelism: 2,
                    Token);

                // Of two that are equally far to single precision either may come first.
                Assert.Equal(1, report.PrecisionAtK[0].Micro);
                Assert.InRange(report.PrecisionAtK[1].Micro, 0.98, 1);
            }
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_gallery_orders_by_it_in_one_space_and_in_several(bool filtered)
    {
        var random = new Random(filtered ? 7 : 8);
        await using var store = new InMemoryGalleryStore();
        GalleryEntry[] works = [.. Enumerable.Range(0, 400).Select(work => new GalleryEntry(
            new Painting($"work-{work}") { Genre = $"genre-{work % 4}" }, "hash", [new Signature(Genre, Vector(random, 19)), new Signature(Look, Vector(random, 5))]))];
        await store.WriteAsync(works, Token);
        Signature[] query = [new(Genre, Vector(random, 19)), new(Look, Vector(random, 5))];
        var options = new GallerySearchOptions { Filter = filtered ? new PaintingFilter { Genres = ["genre-1"] } : null };
        int[] candidates = [.. Enumerable.Range(0, works.Length).Where(work => !filtered || work % 4 == 1)];
        foreach (ISimilarityMetric metric in Metrics)
        {
            await using var gallery = new Gallery(store, null, [], null, new GalleryOptions { Metric = metric });
            float DistanceIn(int space, int work) => metric.Distance(query[space].Vector.Span, works[work].Signatures[space].Vector.Span);
            GallerySearchResult one = await gallery.SearchAsync(query[1], 30, options, Token);
            AssertAreNearest(metric, [.. candidates.Select(work => new Neighbor(work, DistanceIn(1, work)))], Found(one), 30);
            Assert.All(one.Results, result => Assert.Equal(metric.Similarity(result.Distance), result.Similarity));

            GallerySearchResult both = await gallery.SearchAsync(query, 30, new GallerySearchOptions { Filter = options.Filter, Spaces = [new(Genre, 0.3), new(Look, 0.7)] }, Token);
            AssertAreNearest(metric, [.. candidates.Select(work => new Neighbor(work, Combine(metric, 0.3, DistanceIn(0, work), DistanceIn(1, work))))], Found(both), 30);
        }

        static Neighbor[] Found(GallerySearchResult result) =>
            [.. result.Results.Select(found => new Neighbor(int.Parse(found.Painting.Key["work-".Length..], System.Globalization.CultureInfo.InvariantCulture), found.Distance))];
    }

    private static float Combine(ISimilarityMetric metric, double weight, float first, float second) =>
        (float)metric.CombineSpaces((weight * metric.SpaceTerm(first)) + ((1 - weight) * metric.SpaceTerm(second)));

    private static double Tolerance(double distance) => 4e-6 * Math.Max(1, Math.Abs(distance));

    private static void AssertAreNearest(ISimilarityMetric metric, Neighbor[] all, Neighbor[] found, int k)
    {
        Assert.Equal(Math.Min(k, all.Length), found.Length);
        Assert.Equal(found.Order(), found);
        Assert.Equal(found.Length, found.Select(neighbor => neighbor.Id).Distinct().Count());
        Dictionary<int, float> distances = all.ToDictionary(neighbor => neighbor.Id, neighbor => neighbor.Distance);
        Neighbor[] truth = [.. all.Order().Take(k)];
        for (int i = 0; i < found.Length; i++)
        {
            Assert.Equal(distances[found[i].Id], found[i].Distance, Tolerance(found[i].Distance));
            Assert.True(Math.Abs(found[i].Distance - truth[i].Distance) <= Tolerance(truth[i].Distance), $"{metric.Name}: neighbour {i} is {found[i]}, the true one {truth[i]}.");
        }
    }

    /// <summary>Calls a check with each metric and some of its distances, from the nearest on.</summary>
    private void CheckSampled(Action<ISimilarityMetric, float[]> check)
    {
        var random = new Random(3);
        float[][] vectors = [.. Enumerable.Range(0, 60).Select(_ => Vector(random, 12))];
        foreach (ISimilarityMetric metric in Metrics)
        {
            check(metric, [.. vectors.SelectMany(x => vectors.Select(y => metric.Distance(x, y))).Order()]);
        }
    }
}
