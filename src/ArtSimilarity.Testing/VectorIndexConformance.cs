using ArtSimilarity.Indexing;
using ArtSimilarity.Metrics;
using CsCheck;
using Xunit;

namespace ArtSimilarity.Testing;

/// <summary>
/// What every <see cref="IVectorIndex"/> promises, held against a brute force in double precision. An exact index must
/// return the oracle's neighbours (ties within rounding aside); an approximate one must reach <see cref="MinimumRecall"/>,
/// and be exact where all that may be returned is asked for.
/// </summary>
public abstract class VectorIndexConformance
{
    private static readonly int[] OddDimensions = [1, 3, 31, 511, 513, 2048];

    /// <summary>The metrics the index supports, by default all of the library's; every test runs for each of them.</summary>
    protected virtual IReadOnlyList<ISimilarityMetric> Metrics => SimilarityMetrics.All;

    /// <summary>Whether every search returns the true neighbours.</summary>
    protected virtual bool IsExact => true;

    /// <summary>The share of the true neighbours that an approximate index finds with its default settings, at least.</summary>
    protected virtual double MinimumRecall => 0.9;

    /// <summary>Whether searches compute on the calling thread, so that they allocate nothing.</summary>
    protected virtual bool IsInThisProcess => true;

    /// <summary>Ends the test that runs.</summary>
    protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Builds an index of the given vectors; the test disposes it.</summary>
    /// <param name="vectors">The vectors and their ids; not changed.</param>
    /// <param name="metric">One of <see cref="Metrics"/>.</param>
    /// <returns>The index.</returns>
    protected abstract IVectorIndex Create(VectorSet vectors, ISimilarityMetric metric);

    /// <summary>The distance in double precision. Of a metric that the suite does not know it is the metric's own, which is to sum in double precision.</summary>
    protected virtual double OracleDistance(ISimilarityMetric metric, ReadOnlySpan<float> x, ReadOnlySpan<float> y)
    {
        double dot = 0, xx = 0, yy = 0, squares = 0;
        for (int i = 0; i < x.Length; i++)
        {
            double a = x[i], b = y[i];
            dot += a * b;
            xx += a * a;
            yy += b * b;
            squares += (a - b) * (a - b);
        }

        double cosine = xx == 0 || yy == 0 ? 0 : Math.Clamp(dot / Math.Sqrt(xx * yy), -1, 1);
        return metric.Name switch
        {
            "angular" => Math.Sqrt(2 * (1 - cosine)),
            "cosine" => 1 - cosine,
            "euclidean" => Math.Sqrt(squares),
            "innerproduct" => -dot,
            _ => metric.Distance(x, y),
        };
    }

    [Fact]
    public async Task The_index_tells_its_count_dimensions_and_metric()
    {
        foreach (ISimilarityMetric metric in Metrics)
        {
            await using IVectorIndex index = Create(SampleVectors.Gaussian(37, 5, seed: 1), metric);
            Assert.Equal(37, index.Count);
            Assert.Equal(5, index.Dimensions);
            Assert.Equal(metric.Name, index.Metric.Name);
        }
    }

    [Fact]
    public async Task Neighbours_agree_with_a_brute_force_in_odd_dimensions()
    {
        foreach (ISimilarityMetric metric in Metrics)
        {
            foreach (int dimensions in OddDimensions)
            {
                VectorSet vectors = SampleVectors.Gaussian(150, dimensions, seed: dimensions);
                await using IVectorIndex index = Create(vectors, metric);
                Dictionary<int, float[]> model = SampleVectors.ToModel(vectors);
                for (int q = 0; q < 5; q++)
                {
                    float[] query = SampleVectors.Vector(dimensions, seed: 1000 + q);
                    AssertIsAnswer(index, model, query, k: 150, filter: null, exact: true);
                    AssertIsAnswer(index, model, query, k: 10, filter: null, IsExact);
                }
            }
        }
    }

    [Fact]
    public async Task Recall_on_clustered_vectors_is_as_promised()
    {
        foreach (ISimilarityMetric metric in Metrics)
        {
            VectorSet vectors = SampleVectors.Clustered(6000, 48, clusters: 40, seed: 7);
            await using IVectorIndex index = Create(vectors, metric);
            Dictionary<int, float[]> model = SampleVectors.ToModel(vectors);
            VectorSet queries = SampleVectors.Clustered(40, 48, clusters: 40, seed: 7, sampleSeed: 8);
            double recall = 0;
            for (int q = 0; q < queries.Count; q++)
            {
                recall += AssertIsAnswer(index, model, queries[q].ToArray(), k: 50, filter: null, IsExact);
            }

            recall /= queries.Count;
            Assert.True(recall >= (IsExact ? 1 : MinimumRecall), $"{metric.Name}: recall@50 is {recall:f3}.");
        }
    }

    [Fact]
    public async Task More_neighbours_than_exist_gives_all_of_them()
    {
        foreach (ISimilarityMetric metric in Metrics)
        {
            VectorSet vectors = SampleVectors.Gaussian(20, 8, seed: 3);
            await using IVectorIndex index = Create(vectors, metric);
            Assert.Equal(20, Search(index, SampleVectors.Vector(8, 4), new Neighbor[500]));
            AssertIsAnswer(index, SampleVectors.ToModel(vectors), SampleVectors.Vector(8, 4), k: 500, filter: null, exact: true);
        }
    }

    [Fact]
    public async Task Zero_neighbours_are_none()
    {
        foreach (ISimilarityMetric metric in Metrics)
        {
            await using IVectorIndex index = Create(SampleVectors.Gaussian(20, 8, seed: 3), metric);
            Assert.Equal(0, Search(index, SampleVectors.Vector(8, 4), []));
        }
    }

    [Fact]
    public async Task An_empty_index_finds_nothing()
    {
        foreach (ISimilarityMetric metric in Metrics)
        {
            await using IVectorIndex index = Create(new VectorSet(4), metric);
            Assert.Equal(0, index.Count);
            Assert.Equal(0, Search(index, [1, 2, 3, 4], new Neighbor[3]));
            Assert.Equal(0, Search(index, [1, 2, 3, 4], new Neighbor[3], new IdSet([0, 5]), new IdSet([5, 6])));
        }
    }

    [Fact]
    public async Task Zero_vectors_are_found_at_the_distance_of_the_metric()
    {
        foreach (ISimilarityMetric metric in Metrics)
        {
            VectorSet vectors = SampleVectors.Gaussian(60, 6, seed: 5);
            vectors.Add([100, 101, 102], new float[18]);
            await using IVectorIndex index = Create(vectors, metric);
            Dictionary<int, float[]> model = SampleVectors.ToModel(vectors);
            AssertIsAnswer(index, model, SampleVectors.Vector(6, 11), k: 63, filter: null, exact: true);
            AssertIsAnswer(index, model, new float[6], k: 63, filter: null, exact: true);
            AssertIsAnswer(index, model, new float[6], k: 4, filter: null, IsExact);
        }
    }

    [Fact]
    public async Task Only_zero_vectors_come_by_ascending_id()
    {
        foreach (ISimilarityMetric metric in Metrics)
        {
            var vectors = new VectorSet(3);
            vectors.Add([.. Enumerable.Range(0, 300).Reverse()], new float[900]);
            await using IVectorIndex index = Create(vectors, metric);
            var results = new Neighbor[7];
            Assert.Equal(7, Search(index, [0, 0, 0], results));
            Assert.Equal([0, 1, 2, 3, 4, 5, 6], results.Select(r => r.Id));
        }
    }

    [Fact]
    public async Task Equal_vectors_have_equal_distances_and_come_by_ascending_id()
    {
        foreach (ISimilarityMetric metric in Metrics)
        {
            float[] twin = SampleVectors.Vector(17, 1);
            var vectors = new VectorSet(17);
            int[] ids = [.. Enumerable.Range(0, 700).Select(i => (i * 389) % 700)];
            vectors.Add(ids, [.. ids.SelectMany(_ => twin)]);
            await using IVectorIndex index = Create(vectors, metric);
            var results = new Neighbor[50];
            Assert.Equal(50, Search(index, twin, results));
            Assert.Equal(Enumerable.Range(0, 50), results.Select(r => r.Id));
            Assert.Single(results.Select(r => r.Distance).Distinct());
        }
    }

    [Fact]
    public async Task Many_duplicates_among_other_vectors_are_all_found()
    {
        foreach (ISimilarityMetric metric in Metrics)
        {
            VectorSet vectors = SampleVectors.Gaussian(400, 9, seed: 21);
            float[] twin = SampleVectors.Vector(9, 77);
            for (int i = 0; i < 400; i++)
            {
                vectors.Add([1000 + i], twin);
            }

            await using IVectorIndex index = Create(vectors, metric);
            AssertIsAnswer(index, SampleVectors.ToModel(vectors), SampleVectors.Vector(9, 5), k: 800, filter: null, exact: true);
        }
    }

    [Fact]
    public async Task A_query_of_another_length_or_with_a_number_that_is_not_finite_is_refused()
    {
        foreach (ISimilarityMetric metric in Metrics)
        {
            await using IVectorIndex index = Create(SampleVectors.Gaussian(20, 4, seed: 3), metric);
            float[][] refused =
            [
                [], [1, 2, 3], [1, 2, 3, 4, 5], [1, float.NaN, 3, 4], [1, 2, 3, float.PositiveInfinity], [float.NegativeInfinity, 2, 3, 4],
            ];
            foreach (float[] query in refused)
            {
                Assert.ThrowsAny<ArgumentException>(() => Search(index, query, new Neighbor[3]));
                Assert.ThrowsAny<ArgumentException>(() => Search(index, query, []));
            }
        }
    }

    [Theory]
    [InlineData(0.5)]
    [InlineData(0.1)]
    [InlineData(0.01)]
    [InlineData(0.001)]
    public async Task A_filter_gives_k_neighbours_whenever_k_match(double selectivity)
    {
        foreach (ISimilarityMetric metric in Metrics)
        {
            VectorSet vectors = SampleVectors.Clustered(6000, 24, clusters: 30, seed: 4);
            await using IVectorIndex index = Create(vectors, metric);
            Dictionary<int, float[]> model = SampleVectors.ToModel(vectors);
            var random = new Random(12);
            double recall = 0;
            const int queries = 20;
            for (int q = 0; q < queries; q++)
            {
                var filter = new IdSet(model.Keys.Where(_ => random.NextDouble() < selectivity));
                filter.Add(1_000_000 + q);
                float[] query = vectors[random.Next(vectors.Count)].ToArray();
                recall += AssertIsAnswer(index, model, query, k: 20, filter, IsExact || filter.Count - 1 <= 20);
                AssertIsAnswer(index, model, query, k: 6001, filter, exact: true);
            }

            recall /= queries;
            Assert.True(recall >= (IsExact ? 1 : MinimumRecall), $"{metric.Name}: recall@20 is {recall:f3}.");
        }
    }

    [Fact]
    public async Task A_filter_of_works_far_from_the_query_still_gives_k_neighbours()
    {
        foreach (ISimilarityMetric metric in Metrics)
        {
            // Ids follow the clusters, so the filter admits exactly the clusters that the query does not lie in.
            VectorSet vectors = SampleVectors.Clustered(4000, 16, clusters: 8, seed: 4);
            await using IVectorIndex index = Create(vectors, metric);
            Dictionary<int, float[]> model = SampleVectors.ToModel(vectors);
            for (int id = 0; id < 8; id++)
            {
                float[] query = model[id];
                foreach (int matching in new[] { 1, 5, 300, 499 })
                {
                    int other = (id + 4) % 8;
                    var filter = new IdSet(Enumerable.Range(0, matching).Select(i => (i * 8) + other));
                    AssertIsAnswer(index, model, query, k: 40, filter, IsExact || matching <= 40);
                }
            }
        }
    }

    [Fact]
    public async Task A_filter_of_one_id_gives_that_one()
    {
        foreach (ISimilarityMetric metric in Metrics)
        {
            VectorSet vectors = SampleVectors.Gaussian(1000, 10, seed: 4);
            await using IVectorIndex index = Create(vectors, metric);
            Dictionary<int, float[]> model = SampleVectors.ToModel(vectors);
            foreach (int id in new[] { 0, 1, 63, 64, 500, 999 })
            {
                AssertIsAnswer(index, model, SampleVectors.Vector(10, id), k: 10, new IdSet([id]), exact: true);
            }
        }
    }

    [Fact]
    public async Task A_filter_without_any_present_id_gives_nothing()
    {
        foreach (ISimilarityMetric metric in Metrics)
        {
            await using IVectorIndex index = Create(SampleVectors.Gaussian(100, 10, seed: 4), metric);
            float[] query = SampleVectors.Vector(10, 1);
            Assert.Equal(0, Search(index, query, new Neighbor[10], new IdSet()));
            Assert.Equal(0, Search(index, query, new Neighbor[10], new IdSet(capacity: 10_000)));
            Assert.Equal(0, Search(index, query, new Neighbor[10], new IdSet([100, 5000, 1_000_000])));
        }
    }

    [Fact]
    public async Task Ids_far_apart_are_kept_as_they_are()
    {
        foreach (ISimilarityMetric metric in Metrics)
        {
            var vectors = new VectorSet(3);
            int[] ids = [5, 1_000_000, 0, 77_777_777, 123_456_789];
            vectors.Add(ids, [1, 0, 0, 0, 1, 0, 0, 0, 1, 1, 1, 1, 1, 2, 0]);
            await using IVectorIndex index = Create(vectors, metric);
            Dictionary<int, float[]> model = SampleVectors.ToModel(vectors);
            AssertIsAnswer(index, model, [1, 2, 3], k: 10, filter: null, exact: true);
            AssertIsAnswer(index, model, [1, 2, 3], k: 10, new IdSet([77_777_777, 6]), exact: true);
        }
    }

    [Fact]
    public async Task A_search_in_steady_state_allocates_nothing()
    {
        Assert.SkipUnless(IsInThisProcess, "A request allocates.");
        foreach (ISimilarityMetric metric in Metrics)
        {
            VectorSet vectors = SampleVectors.Clustered(4000, 33, clusters: 20, seed: 4);
            await using IVectorIndex index = Create(vectors, metric);
            IdSet excluded = new IdSet([5, 17, 3999]).Freeze();
            float[] query = SampleVectors.Vector(33, 3);
            var results = new Neighbor[25];
            IdSet?[] filters = [null, new IdSet(Enumerable.Range(0, 2000)), new IdSet([1, 2, 3])];
            foreach (IdSet? filter in filters)
            {
                for (int i = 0; i < 50; i++)
                {
                    Search(index, query, results, filter, excluded);
                }

                // The runtime itself may allocate while it recompiles a method; what a search allocates shows in every round.
                long allocated = long.MaxValue;
                for (int round = 0; round < 5 && allocated > 0; round++)
                {
                    long before = GC.GetAllocatedBytesForCurrentThread();
                    for (int i = 0; i < 50; i++)
                    {
                        Search(index, query, results, filter, excluded);
                    }

                    allocated = GC.GetAllocatedBytesForCurrentThread() - before;
                }

                Assert.Equal(0, allocated);
            }
        }
    }

    [Fact]
    public async Task A_disposed_index_says_so()
    {
        foreach (ISimilarityMetric metric in Metrics)
        {
            IVectorIndex index = Create(SampleVectors.Gaussian(50, 4, seed: 4), metric);
            await index.DisposeAsync();
            await index.DisposeAsync();
            Assert.Throws<ObjectDisposedException>(() => Search(index, [1, 2, 3, 4], new Neighbor[3]));
        }
    }

    [Fact]
    public async Task Disposing_beside_searches_ends_them_with_an_answer_or_an_exception()
    {
        foreach (ISimilarityMetric metric in Metrics)
        {
            VectorSet vectors = SampleVectors.Gaussian(2000, 16, seed: 4);
            for (int round = 0; round < 10; round++)
            {
                IVectorIndex index = Create(vectors, metric);
                using var started = new CountdownEvent(2);
                Task[] readers = [.. Enumerable.Range(0, 2).Select(_ => Task.Run(() =>
                {
                    var results = new Neighbor[10];
                    float[] query = SampleVectors.Vector(16, 5);
                    Assert.Equal(10, Search(index, query, results));
                    Neighbor[] expected = [.. results];
                    started.Signal();
                    try
                    {
                        while (true)
                        {
                            Assert.Equal(10, Search(index, query, results));
                            Assert.Equal(expected, results);
                        }
                    }
                    catch (ObjectDisposedException)
                    {
                        return;
                    }
                }, Cancellation))];
                started.Wait(Cancellation);
                await Task.Delay(1, Cancellation);
                await index.DisposeAsync();
                await Task.WhenAll(readers);
            }
        }
    }

    [Fact]
    public async Task Excluded_ids_are_not_found_whatever_else_is_allowed()
    {
        foreach (ISimilarityMetric metric in Metrics)
        {
            VectorSet vectors = SampleVectors.Gaussian(600, 13, seed: 9);
            await using IVectorIndex index = Create(vectors, metric);
            var random = new Random(3);
            foreach (double share in new[] { 0.01, 0.3, 0.97 })
            {
                // Some that the index does not hold too. A set that is not frozen may change between two searches.
                var excluded = new IdSet(Enumerable.Range(0, 600).Where(_ => random.NextDouble() < share));
                excluded.Add(5000);
                foreach (bool frozen in new[] { false, true })
                {
                    if (frozen)
                    {
                        excluded.Freeze();
                    }

                    Dictionary<int, float[]> model = SampleVectors.ToModel(vectors).Where(entry => !excluded.Contains(entry.Key)).ToDictionary();
                    AssertIsAnswer(index, model, SampleVectors.Vector(13, 1), k: 700, filter: null, exact: true, excluded);
                    AssertIsAnswer(index, model, SampleVectors.Vector(13, 2), k: 10, filter: null, IsExact || model.Count <= 10, excluded);
                    AssertIsAnswer(index, model, SampleVectors.Vector(13, 3), k: 50, new IdSet(Enumerable.Range(0, 40).Append(5000)), exact: true, excluded);
                    if (!frozen)
                    {
                        excluded.Add(model.Keys.First());
                    }
                }
            }

            AssertIsAnswer(index, [], SampleVectors.Vector(13, 1), k: 10, filter: null, exact: true, new IdSet(Enumerable.Range(0, 600)));
            AssertIsAnswer(index, [], SampleVectors.Vector(13, 1), k: 10, new IdSet([4, 5]), exact: true, new IdSet([4, 5]));
            AssertIsAnswer(index, SampleVectors.ToModel(vectors), SampleVectors.Vector(13, 1), k: 700, filter: null, exact: true);
        }
    }

    [Fact]
    public async Task A_quality_of_one_is_exact_where_quality_can_be_demanded_and_no_other_is_refused_in_range()
    {
        foreach (ISimilarityMetric metric in Metrics)
        {
            VectorSet vectors = SampleVectors.Clustered(3000, 24, clusters: 30, seed: 4);
            await using IVectorIndex index = Create(vectors, metric);
            Assert.Equal(IsExact, index.Accuracy == VectorIndexAccuracy.Exact);
            Dictionary<int, float[]> model = SampleVectors.ToModel(vectors);
            for (int q = 0; q < 10; q++)
            {
                AssertIsAnswer(index, model, SampleVectors.Vector(24, q), k: 20, filter: null, index.Accuracy != VectorIndexAccuracy.Fixed, quality: 1);
                AssertIsAnswer(index, model, SampleVectors.Vector(24, q), k: 20, new IdSet(Enumerable.Range(0, 1000)), index.Accuracy != VectorIndexAccuracy.Fixed, new IdSet([1, 2, 3, 999]), quality: 1);
                AssertIsAnswer(index, model, SampleVectors.Vector(24, q), k: 20, filter: null, IsExact, quality: 0.7);
            }

            if (index.Accuracy == VectorIndexAccuracy.Adjustable)
            {
                foreach (double quality in new[] { 0, -1, 1.001, double.NaN })
                {
                    Assert.Throws<ArgumentOutOfRangeException>(() => Search(index, SampleVectors.Vector(24, 1), new Neighbor[3], quality: quality));
                }
            }
            else
            {
                Assert.Null(index.Tuning);
                Assert.Throws<NotSupportedException>(() => index.Tuning = null);
            }
        }
    }

    [Fact]
    public async Task A_search_that_is_cancelled_before_it_begins_ends_so()
    {
        foreach (ISimilarityMetric metric in Metrics)
        {
            await using IVectorIndex index = Create(SampleVectors.Gaussian(50, 4, seed: 4), metric);
            await Assert.ThrowsAnyAsync<OperationCanceledException>(
                async () => await index.SearchAsync(SampleVectors.Vector(4, 1), new Neighbor[3], default, new CancellationToken(canceled: true)));
        }
    }

    [Fact]
    public void Any_choice_of_ids_agrees_with_a_dictionary()
    {
        foreach (ISimilarityMetric metric in Metrics)
        {
            Gen.Select(Gen.Int[1, 4], Gen.Int[0, 60], Gen.Int[0, 70].Array[0, 40], Gen.Int[0, 70].Array[0, 40], Gen.Int[0, 80]).Sample(
                (dimensions, count, allowed, excluded, k) =>
                {
                    var vectors = new VectorSet(dimensions);
                    for (int id = 0; id < count; id++)
                    {
                        vectors.Add([id], SampleVectors.SmallIntegers(dimensions, id));
                    }

                    IVectorIndex index = Create(vectors, metric);
                    var without = new IdSet(excluded);
                    Dictionary<int, float[]> model = SampleVectors.ToModel(vectors).Where(entry => !without.Contains(entry.Key)).ToDictionary();
                    float[] query = SampleVectors.SmallIntegers(dimensions, 1000 + k);
                    AssertIsAnswer(index, model, query, k, filter: null, IsExact || k >= model.Count, without);
                    AssertIsAnswer(index, model, query, k, new IdSet(allowed), IsExact || k >= allowed.Length, without);
                    index.DisposeAsync().AsTask().Wait();
                },
                iter: 150);
        }
    }

    /// <summary>Searches, and waits for the answer.</summary>
    protected static int Search(IVectorIndex index, float[] query, Neighbor[] results, IdSet? allowed = null, IdSet? excluded = null, double? quality = null)
    {
        ArgumentNullException.ThrowIfNull(index);
        ValueTask<int> search = index.SearchAsync(query, results, new VectorSearchOptions { Allowed = allowed, Excluded = excluded, Quality = quality }, CancellationToken.None);
        return search.IsCompletedSuccessfully ? search.Result : search.AsTask().GetAwaiter().GetResult();
    }

    /// <summary>Checks an answer and returns the share of the true neighbours it holds.</summary>
    protected double AssertIsAnswer(
        IVectorIndex index, Dictionary<int, float[]> model, float[] query, int k, IdSet? filter, bool exact, IdSet? excluded = null, double? quality = null)
    {
        ArgumentNullException.ThrowIfNull(index);
        var results = new Neighbor[k];
        int found = Search(index, query, results, filter, excluded, quality);
        Neighbor[] answer = results[..found];
        double[] truth = [.. model.Where(p => excluded?.Contains(p.Key) != true && (filter is null || filter.Contains(p.Key))).Select(p => OracleDistance(index.Metric, query, p.Value)).Order()];
        Assert.Equal(Math.Min(k, truth.Length), found);
        AssertIsWellFormed(index.Metric, answer, query, model, filter);
        if (found == 0)
        {
            return 1;
        }

        if (exact)
        {
            for (int i = 0; i < found; i++)
            {
                double distance = OracleDistance(index.Metric, query, model[answer[i].Id]);
                Assert.True(Math.Abs(distance - truth[i]) <= Tolerance(truth[i]),
                    $"{index.Metric.Name}, {index.Dimensions} dimensions: neighbour {i} (id {answer[i].Id}) lies at {distance:r}, the true one at {truth[i]:r}.");
            }
        }

        double last = truth[found - 1] + Tolerance(truth[found - 1]);
        return answer.Count(n => n.Distance <= last) / (double)found;
    }

    /// <summary>Fails unless an answer is in order, allowed, without repeats, and tells the distances.</summary>
    protected void AssertIsWellFormed(ISimilarityMetric metric, Neighbor[] answer, float[] query, Dictionary<int, float[]> vectors, IdSet? filter)
    {
        ArgumentNullException.ThrowIfNull(metric);
        ArgumentNullException.ThrowIfNull(answer);
        ArgumentNullException.ThrowIfNull(query);
        ArgumentNullException.ThrowIfNull(vectors);
        for (int i = 0; i < answer.Length; i++)
        {
            Assert.True(vectors.TryGetValue(answer[i].Id, out float[]? vector), $"Id {answer[i].Id} does not exist.");
            Assert.True(filter is null || filter.Contains(answer[i].Id), $"Id {answer[i].Id} is not in the filter.");
            double distance = OracleDistance(metric, query, vector);
            Assert.True(Math.Abs(answer[i].Distance - distance) <= Tolerance(distance),
                $"{metric.Name}, {query.Length} dimensions: the distance of id {answer[i].Id} is given as {answer[i].Distance:r}, not {distance:r}.");
            Assert.True(i == 0 || answer[i - 1] < answer[i], $"{metric.Name}: {answer[Math.Max(0, i - 1)]} comes before {answer[i]}.");
        }

        Assert.Equal(answer.Length, answer.Select(n => n.Id).Distinct().Count());
    }

    private static double Tolerance(double distance) => 4e-6 * Math.Max(1, Math.Abs(distance));
}
