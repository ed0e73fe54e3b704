using ArtSimilarity.Indexing;
using ArtSimilarity.Metrics;
using CsCheck;
using Xunit;

namespace ArtSimilarity.Conformance;

/// <summary>
/// What every <see cref="ILocalVectorIndex"/> promises, held against a brute force in double precision. An exact index must
/// return the oracle's neighbours (ties within rounding aside); an approximate one must reach <see cref="MinimumRecall"/>,
/// and be exact where all that may be returned is asked for.
/// </summary>
public abstract class VectorIndexConformance
{
    private static readonly int[] OddDimensions = [1, 3, 31, 511, 513, 2048];

    /// <summary>The metrics the index supports; every test runs for each of them.</summary>
    protected abstract IReadOnlyList<ISimilarityMetric> Metrics { get; }

    /// <summary>Whether every search returns the true neighbours.</summary>
    protected virtual bool IsExact => true;

    /// <summary>The share of the true neighbours that an approximate index finds with its default settings, at least.</summary>
    protected virtual double MinimumRecall => 0.9;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Builds an index of the given vectors; the test disposes it.</summary>
    protected abstract ILocalVectorIndex Create(VectorSet vectors, ISimilarityMetric metric);

    /// <summary>The distance in double precision; a metric of one's own needs an override.</summary>
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
            _ => throw new ArgumentException($"No oracle is known for the metric {metric.Name}.", nameof(metric)),
        };
    }

    [Fact]
    public void The_index_tells_its_count_dimensions_and_metric()
    {
        foreach (ISimilarityMetric metric in Metrics)
        {
            using ILocalVectorIndex index = Create(Samples.Gaussian(37, 5, seed: 1), metric);
            Assert.Equal(37, index.Count);
            Assert.Equal(5, index.Dimensions);
            Assert.Equal(metric.Name, index.Metric.Name);
        }
    }

    [Fact]
    public void Neighbours_agree_with_a_brute_force_in_odd_dimensions()
    {
        foreach (ISimilarityMetric metric in Metrics)
        {
            foreach (int dimensions in OddDimensions)
            {
                VectorSet vectors = Samples.Gaussian(150, dimensions, seed: dimensions);
                using ILocalVectorIndex index = Create(vectors, metric);
                Dictionary<int, float[]> model = Samples.ToModel(vectors);
                for (int q = 0; q < 5; q++)
                {
                    float[] query = Samples.Vector(dimensions, seed: 1000 + q);
                    AssertIsAnswer(index, model, query, k: 150, filter: null, exact: true);
                    AssertIsAnswer(index, model, query, k: 10, filter: null, IsExact);
                }
            }
        }
    }

    [Fact]
    public void Recall_on_clustered_vectors_is_as_promised()
    {
        foreach (ISimilarityMetric metric in Metrics)
        {
            VectorSet vectors = Samples.Clustered(6000, 48, clusters: 40, seed: 7);
            using ILocalVectorIndex index = Create(vectors, metric);
            Dictionary<int, float[]> model = Samples.ToModel(vectors);
            VectorSet queries = Samples.Clustered(40, 48, clusters: 40, seed: 7, sampleSeed: 8);
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
    public void More_neighbours_than_exist_gives_all_of_them()
    {
        foreach (ISimilarityMetric metric in Metrics)
        {
            VectorSet vectors = Samples.Gaussian(20, 8, seed: 3);
            using ILocalVectorIndex index = Create(vectors, metric);
            Assert.Equal(20, index.Search(Samples.Vector(8, 4), new Neighbor[500]));
            AssertIsAnswer(index, Samples.ToModel(vectors), Samples.Vector(8, 4), k: 500, filter: null, exact: true);
        }
    }

    [Fact]
    public void Zero_neighbours_are_none()
    {
        foreach (ISimilarityMetric metric in Metrics)
        {
            using ILocalVectorIndex index = Create(Samples.Gaussian(20, 8, seed: 3), metric);
            Assert.Equal(0, index.Search(Samples.Vector(8, 4), []));
        }
    }

    [Fact]
    public void An_empty_index_finds_nothing_until_something_is_added()
    {
        foreach (ISimilarityMetric metric in Metrics)
        {
            using ILocalVectorIndex index = Create(new VectorSet(4), metric);
            Assert.Equal(0, index.Count);
            Assert.Equal(0, index.Search([1, 2, 3, 4], new Neighbor[3]));
            index.Add([9], [1, 2, 3, 4]);
            var results = new Neighbor[3];
            Assert.Equal(1, index.Search([1, 2, 3, 4], results));
            Assert.Equal(9, results[0].Id);
            Assert.Equal(1, index.Count);
        }
    }

    [Fact]
    public void Zero_vectors_are_found_at_the_distance_of_the_metric()
    {
        foreach (ISimilarityMetric metric in Metrics)
        {
            VectorSet vectors = Samples.Gaussian(60, 6, seed: 5);
            vectors.Add([100, 101, 102], new float[18]);
            using ILocalVectorIndex index = Create(vectors, metric);
            Dictionary<int, float[]> model = Samples.ToModel(vectors);
            AssertIsAnswer(index, model, Samples.Vector(6, 11), k: 63, filter: null, exact: true);
            AssertIsAnswer(index, model, new float[6], k: 63, filter: null, exact: true);
            AssertIsAnswer(index, model, new float[6], k: 4, filter: null, IsExact);
        }
    }

    [Fact]
    public void Only_zero_vectors_come_by_ascending_id()
    {
        foreach (ISimilarityMetric metric in Metrics)
        {
            var vectors = new VectorSet(3);
            vectors.Add([.. Enumerable.Range(0, 300).Reverse()], new float[900]);
            using ILocalVectorIndex index = Create(vectors, metric);
            var results = new Neighbor[7];
            Assert.Equal(7, index.Search([0, 0, 0], results));
            Assert.Equal([0, 1, 2, 3, 4, 5, 6], results.Select(r => r.Id));
        }
    }

    [Fact]
    public void Equal_vectors_have_equal_distances_and_come_by_ascending_id()
    {
        foreach (ISimilarityMetric metric in Metrics)
        {
            float[] twin = Samples.Vector(17, 1);
            var vectors = new VectorSet(17);
            int[] ids = [.. Enumerable.Range(0, 700).Select(i => (i * 389) % 700)];
            vectors.Add(ids, [.. ids.SelectMany(_ => twin)]);
            using ILocalVectorIndex index = Create(vectors, metric);
            var results = new Neighbor[50];
            Assert.Equal(50, index.Search(twin, results));
            Assert.Equal(Enumerable.Range(0, 50), results.Select(r => r.Id));
            Assert.Single(results.Select(r => r.Distance).Distinct());
        }
    }

    [Fact]
    public void Many_duplicates_among_other_vectors_are_all_found()
    {
        foreach (ISimilarityMetric metric in Metrics)
        {
            VectorSet vectors = Samples.Gaussian(400, 9, seed: 21);
            float[] twin = Samples.Vector(9, 77);
            for (int i = 0; i < 400; i++)
            {
                vectors.Add([1000 + i], twin);
            }

            using ILocalVectorIndex index = Create(vectors, metric);
            AssertIsAnswer(index, Samples.ToModel(vectors), Samples.Vector(9, 5), k: 800, filter: null, exact: true);
        }
    }

    [Fact]
    public void A_query_of_another_length_or_with_a_number_that_is_not_finite_is_refused()
    {
        foreach (ISimilarityMetric metric in Metrics)
        {
            using ILocalVectorIndex index = Create(Samples.Gaussian(20, 4, seed: 3), metric);
            float[][] refused =
            [
                [], [1, 2, 3], [1, 2, 3, 4, 5], [1, float.NaN, 3, 4], [1, 2, 3, float.PositiveInfinity], [float.NegativeInfinity, 2, 3, 4],
            ];
            foreach (float[] query in refused)
            {
                Assert.ThrowsAny<ArgumentException>(() => index.Search(query, new Neighbor[3]));
                Assert.ThrowsAny<ArgumentException>(() => index.Search(query, []));
            }
        }
    }

    [Fact]
    public void Vectors_that_cannot_be_added_are_refused_and_leave_the_index_as_it_was()
    {
        foreach (ISimilarityMetric metric in Metrics)
        {
            VectorSet vectors = Samples.Gaussian(20, 2, seed: 3);
            using ILocalVectorIndex index = Create(vectors, metric);
            Assert.ThrowsAny<ArgumentException>(() => index.Add([50, 51], [1, 2, 3]));
            Assert.ThrowsAny<ArgumentException>(() => index.Add([50, 51], [1, 2, 3, float.NaN]));
            Assert.ThrowsAny<ArgumentException>(() => index.Add([50, 51], [1, 2, float.PositiveInfinity, 4]));
            Assert.ThrowsAny<ArgumentException>(() => index.Add([50, -1], [1, 2, 3, 4]));
            Assert.ThrowsAny<ArgumentException>(() => index.Add([50, 50], [1, 2, 3, 4]));
            Assert.ThrowsAny<ArgumentException>(() => index.Add([50, 7], [1, 2, 3, 4]));
            Assert.Equal(20, index.Count);
            AssertIsAnswer(index, Samples.ToModel(vectors), [1, 2], k: 30, filter: null, exact: true);
            index.Add([50, 51], [1, 2, 3, 4]);
            Assert.ThrowsAny<ArgumentException>(() => index.Add([51], [1, 2]));
            Assert.Equal(22, index.Count);
        }
    }

    [Fact]
    public void Added_vectors_are_found_at_once()
    {
        foreach (ISimilarityMetric metric in Metrics)
        {
            VectorSet vectors = Samples.Gaussian(500, 13, seed: 9);
            using ILocalVectorIndex index = Create(vectors, metric);
            Dictionary<int, float[]> model = Samples.ToModel(vectors);
            for (int i = 0; i < 100; i++)
            {
                float[] vector = Samples.Vector(13, 9000 + i);
                index.Add([10_000 - i], vector);
                model.Add(10_000 - i, vector);
            }

            Assert.Equal(600, index.Count);
            for (int q = 0; q < 10; q++)
            {
                AssertIsAnswer(index, model, Samples.Vector(13, q), k: 600, filter: null, exact: true);
                AssertIsAnswer(index, model, Samples.Vector(13, q), k: 20, filter: null, IsExact);
                AssertIsAnswer(index, model, Samples.Vector(13, q), k: 20, new IdSet(Enumerable.Range(9901, 100)), exact: true);
            }
        }
    }

    [Fact]
    public void Removed_vectors_are_not_found_and_counted_once()
    {
        foreach (ISimilarityMetric metric in Metrics)
        {
            VectorSet vectors = Samples.Gaussian(300, 13, seed: 9);
            using ILocalVectorIndex index = Create(vectors, metric);
            Dictionary<int, float[]> model = Samples.ToModel(vectors);
            index.Add([900, 901], [.. Samples.Vector(13, 1), .. Samples.Vector(13, 2)]);
            model.Add(901, Samples.Vector(13, 2));
            int[] gone = [.. Enumerable.Range(0, 100).Select(i => i * 3), 900];
            Assert.Equal(101, index.Remove([.. gone, 5000, -1, 900, 0]));
            Assert.Equal(0, index.Remove(gone));
            foreach (int id in gone)
            {
                model.Remove(id);
            }

            Assert.Equal(201, index.Count);
            AssertIsAnswer(index, model, Samples.Vector(13, 1), k: 302, filter: null, exact: true);
            AssertIsAnswer(index, model, Samples.Vector(13, 1), k: 30, filter: null, IsExact);
            AssertIsAnswer(index, model, Samples.Vector(13, 1), k: 30, new IdSet([0, 1, 3, 4, 900, 901]), exact: true);
        }
    }

    [Fact]
    public void Removing_everything_leaves_an_empty_index()
    {
        foreach (ISimilarityMetric metric in Metrics)
        {
            using ILocalVectorIndex index = Create(Samples.Gaussian(300, 5, seed: 9), metric);
            Assert.Equal(300, index.Remove([.. Enumerable.Range(0, 300)]));
            Assert.Equal(0, index.Count);
            Assert.Equal(0, index.Search(Samples.Vector(5, 1), new Neighbor[10]));
        }
    }

    [Fact]
    public void An_id_may_be_used_again_after_its_removal()
    {
        foreach (ISimilarityMetric metric in Metrics)
        {
            VectorSet vectors = Samples.Gaussian(200, 6, seed: 9);
            using ILocalVectorIndex index = Create(vectors, metric);
            Dictionary<int, float[]> model = Samples.ToModel(vectors);
            for (int round = 0; round < 4; round++)
            {
                Assert.Equal(1, index.Remove([17]));
                model[17] = Samples.Vector(6, 400 + round);
                index.Add([17], model[17]);
                Assert.Equal(200, index.Count);
                AssertIsAnswer(index, model, model[17], k: 200, filter: null, exact: true);
                AssertIsAnswer(index, model, model[17], k: 1, new IdSet([17]), exact: true);
            }

            Assert.Equal(1, index.Remove([17]));
            model.Remove(17);
            AssertIsAnswer(index, model, Samples.Vector(6, 403), k: 200, filter: null, exact: true);
            Assert.Equal(0, index.Search(Samples.Vector(6, 403), new Neighbor[1], new IdSet([17])));
        }
    }

    [Theory]
    [InlineData(0.5)]
    [InlineData(0.1)]
    [InlineData(0.01)]
    [InlineData(0.001)]
    public void A_filter_gives_k_neighbours_whenever_k_match(double selectivity)
    {
        foreach (ISimilarityMetric metric in Metrics)
        {
            VectorSet vectors = Samples.Clustered(6000, 24, clusters: 30, seed: 4);
            using ILocalVectorIndex index = Create(vectors, metric);
            Dictionary<int, float[]> model = Samples.ToModel(vectors);
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
    public void A_filter_of_works_far_from_the_query_still_gives_k_neighbours()
    {
        foreach (ISimilarityMetric metric in Metrics)
        {
            // Ids follow the clusters, so the filter admits exactly the clusters that the query does not lie in.
            VectorSet vectors = Samples.Clustered(4000, 16, clusters: 8, seed: 4);
            using ILocalVectorIndex index = Create(vectors, metric);
            Dictionary<int, float[]> model = Samples.ToModel(vectors);
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
    public void A_filter_of_one_id_gives_that_one()
    {
        foreach (ISimilarityMetric metric in Metrics)
        {
            VectorSet vectors = Samples.Gaussian(1000, 10, seed: 4);
            using ILocalVectorIndex index = Create(vectors, metric);
            Dictionary<int, float[]> model = Samples.ToModel(vectors);
            foreach (int id in new[] { 0, 1, 63, 64, 500, 999 })
            {
                AssertIsAnswer(index, model, Samples.Vector(10, id), k: 10, new IdSet([id]), exact: true);
            }
        }
    }

    [Fact]
    public void A_filter_without_any_present_id_gives_nothing()
    {
        foreach (ISimilarityMetric metric in Metrics)
        {
            using ILocalVectorIndex index = Create(Samples.Gaussian(100, 10, seed: 4), metric);
            float[] query = Samples.Vector(10, 1);
            Assert.Equal(0, index.Search(query, new Neighbor[10], new IdSet()));
            Assert.Equal(0, index.Search(query, new Neighbor[10], new IdSet(capacity: 10_000)));
            Assert.Equal(0, index.Search(query, new Neighbor[10], new IdSet([100, 5000, 1_000_000])));
        }
    }

    [Fact]
    public void Ids_far_apart_are_kept_as_they_are()
    {
        foreach (ISimilarityMetric metric in Metrics)
        {
            var vectors = new VectorSet(3);
            int[] ids = [5, 1_000_000, 0, 77_777_777];
            vectors.Add(ids, [1, 0, 0, 0, 1, 0, 0, 0, 1, 1, 1, 1]);
            using ILocalVectorIndex index = Create(vectors, metric);
            Dictionary<int, float[]> model = Samples.ToModel(vectors);
            index.Add([123_456_789], [1, 2, 0]);
            model.Add(123_456_789, [1, 2, 0]);
            AssertIsAnswer(index, model, [1, 2, 3], k: 10, filter: null, exact: true);
            AssertIsAnswer(index, model, [1, 2, 3], k: 10, new IdSet([77_777_777, 6]), exact: true);
        }
    }

    [Fact]
    public async Task The_asynchronous_members_do_the_same()
    {
        foreach (ISimilarityMetric metric in Metrics)
        {
            VectorSet vectors = Samples.Gaussian(50, 4, seed: 4);
            using ILocalVectorIndex local = Create(vectors, metric);
            IVectorIndex index = local;
            await index.AddAsync(new[] { 70, 71 }, new float[] { 1, 2, 3, 4, 4, 3, 2, 1 }, Cancellation);
            Assert.Equal(52, index.Count);
            Assert.Equal(1, await index.RemoveAsync(new[] { 70 }, Cancellation));
            float[] query = [1, 2, 3, 4];
            IReadOnlyList<Neighbor> all = await index.SearchAsync(query, int.MaxValue, null, Cancellation);
            var expected = new Neighbor[51];
            Assert.Equal(51, local.Search(query, expected));
            Assert.Equal(expected, all);
            await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await index.SearchAsync(query, -1, null, Cancellation));
            await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await index.SearchAsync(query, 1, null, new CancellationToken(true)));
            await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await index.RemoveAsync(new[] { 71 }, new CancellationToken(true)));
            Assert.Equal(51, index.Count);
        }
    }

    [Fact]
    public void A_search_in_steady_state_allocates_nothing()
    {
        foreach (ISimilarityMetric metric in Metrics)
        {
            VectorSet vectors = Samples.Clustered(4000, 33, clusters: 20, seed: 4);
            using ILocalVectorIndex index = Create(vectors, metric);
            index.Add([9000, 9001], [.. Samples.Vector(33, 1), .. Samples.Vector(33, 2)]);
            index.Remove([5, 9001]);
            float[] query = Samples.Vector(33, 3);
            var results = new Neighbor[25];
            IdSet?[] filters = [null, new IdSet(Enumerable.Range(0, 2000)), new IdSet([1, 2, 3])];
            foreach (IdSet? filter in filters)
            {
                for (int i = 0; i < 50; i++)
                {
                    index.Search(query, results, filter);
                }

                // The runtime itself may allocate while it recompiles a method; what a search allocates shows in every round.
                long allocated = long.MaxValue;
                for (int round = 0; round < 5 && allocated > 0; round++)
                {
                    long before = GC.GetAllocatedBytesForCurrentThread();
                    for (int i = 0; i < 50; i++)
                    {
                        index.Search(query, results, filter);
                    }

                    allocated = GC.GetAllocatedBytesForCurrentThread() - before;
                }

                Assert.Equal(0, allocated);
            }
        }
    }

    [Fact]
    public async Task Searches_beside_adding_and_removing_see_whole_vectors_and_never_a_removed_one()
    {
        foreach (ISimilarityMetric metric in Metrics)
        {
            const int dimensions = 12;
            const int initial = 1500;
            const int steps = 400;
            VectorSet vectors = Samples.Gaussian(initial, dimensions, seed: 31);
            using ILocalVectorIndex index = Create(vectors, metric);
            Dictionary<int, float[]> all = Samples.ToModel(vectors);
            for (int i = 0; i < steps; i++)
            {
                all.Add(initial + i, Samples.Vector(dimensions, 50_000 + i));
            }

            int progress = 0;
            Task writer = Task.Run(() =>
            {
                // Step i adds id initial + i and removes ids 2i and 2i + 1, in the end some that were added too.
                for (int i = 0; i < steps; i++)
                {
                    index.Add([initial + i], all[initial + i]);
                    index.Remove([2 * i, (2 * i) + 1]);
                    Volatile.Write(ref progress, i + 1);
                }
            }, Cancellation);

            Task[] readers = [.. Enumerable.Range(0, 2).Select(r => Task.Run(() =>
            {
                var random = new Random(r);
                var results = new Neighbor[40];
                int round = 0;
                do
                {
                    int before = Volatile.Read(ref progress);
                    int target = before > 0 && before + initial - 1 >= 2 * steps ? initial + random.Next(before) : 2 * steps;
                    IdSet? filter = (round++ % 3) switch
                    {
                        0 => null,
                        1 => new IdSet(Enumerable.Range(0, initial + steps).Where(id => id % 2 == target % 2)),
                        _ => new IdSet([target]),
                    };
                    int found = index.Search(all[target], results, filter);
                    int after = Volatile.Read(ref progress);
                    Neighbor[] answer = results[..found];
                    AssertIsWellFormed(metric, answer, all[target], all, filter);
                    Assert.All(answer, n => Assert.True(n.Id >= 2 * before, $"{n.Id} was removed in step {n.Id / 2}, before step {before}."));
                    Assert.All(answer, n => Assert.True(n.Id <= initial + after, $"{n.Id} was not added yet."));
                    if (filter?.Count == 1)
                    {
                        Assert.Equal(target, Assert.Single(answer).Id);
                    }
                }
                while (Volatile.Read(ref progress) < steps && !writer.IsFaulted);
            }, Cancellation))];

            await Task.WhenAll([writer, .. readers]);
            for (int id = 0; id < 2 * steps; id++)
            {
                all.Remove(id);
            }

            Assert.Equal(initial - steps, index.Count);
            AssertIsAnswer(index, all, Samples.Vector(dimensions, 1), k: 5000, filter: null, exact: true);
        }
    }

    [Fact]
    public void A_disposed_index_says_so()
    {
        foreach (ISimilarityMetric metric in Metrics)
        {
            ILocalVectorIndex index = Create(Samples.Gaussian(50, 4, seed: 4), metric);
            index.Dispose();
            index.Dispose();
            Assert.Throws<ObjectDisposedException>(() => index.Search([1, 2, 3, 4], new Neighbor[3]));
            Assert.Throws<ObjectDisposedException>(() => index.Add([60], [1, 2, 3, 4]));
            Assert.Throws<ObjectDisposedException>(() => index.Remove([1]));
        }
    }

    [Fact]
    public async Task Disposing_beside_searches_ends_them_with_an_answer_or_an_exception()
    {
        foreach (ISimilarityMetric metric in Metrics)
        {
            VectorSet vectors = Samples.Gaussian(2000, 16, seed: 4);
            for (int round = 0; round < 10; round++)
            {
                ILocalVectorIndex index = Create(vectors, metric);
                using var started = new CountdownEvent(2);
                Task[] readers = [.. Enumerable.Range(0, 2).Select(_ => Task.Run(() =>
                {
                    var results = new Neighbor[10];
                    float[] query = Samples.Vector(16, 5);
                    Assert.Equal(10, index.Search(query, results));
                    Neighbor[] expected = [.. results];
                    started.Signal();
                    try
                    {
                        while (true)
                        {
                            Assert.Equal(10, index.Search(query, results));
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
                index.Dispose();
                await Task.WhenAll(readers);
            }
        }
    }

    [Fact]
    public void Any_sequence_of_operations_agrees_with_a_dictionary()
    {
        Gen<Operation> operation = Gen.Select(
            Gen.Int[0, 3], Gen.Int[0, 30].Array[0, 8], Gen.Int[0, 5], Gen.Int[0, 50],
            (kind, ids, seed, k) => new Operation(kind, ids, seed, k));
        foreach (ISimilarityMetric metric in Metrics)
        {
            Gen.Select(Gen.Int[1, 4], Gen.Int[0, 20], operation.Array[0, 25]).Sample(
                (dimensions, initial, operations) => Replay(metric, dimensions, initial, operations),
                iter: 150);
        }
    }

    private void Replay(ISimilarityMetric metric, int dimensions, int initial, Operation[] operations)
    {
        var vectors = new VectorSet(dimensions);
        for (int id = 0; id < initial; id++)
        {
            vectors.Add([id], Samples.SmallIntegers(dimensions, id));
        }

        using ILocalVectorIndex index = Create(vectors, metric);
        Dictionary<int, float[]> model = Samples.ToModel(vectors);
        foreach (Operation step in operations)
        {
            switch (step.Kind)
            {
                case 0:
                    float[][] added = [.. step.Ids.Select(id => Samples.SmallIntegers(dimensions, id + (31 * step.Seed)))];
                    float[] flat = [.. added.SelectMany(v => v)];
                    if (step.Ids.Distinct().Count() < step.Ids.Length || step.Ids.Any(model.ContainsKey))
                    {
                        Assert.ThrowsAny<ArgumentException>(() => index.Add(step.Ids, flat));
                        break;
                    }

                    index.Add(step.Ids, flat);
                    for (int i = 0; i < added.Length; i++)
                    {
                        model.Add(step.Ids[i], added[i]);
                    }

                    break;
                case 1:
                    Assert.Equal(step.Ids.Distinct().Count(model.Remove), index.Remove(step.Ids));
                    break;
                default:
                    IdSet? filter = step.Kind == 2 ? null : new IdSet(step.Ids);
                    AssertIsAnswer(index, model, Samples.SmallIntegers(dimensions, 1000 + step.Seed), step.K, filter, IsExact || step.K >= model.Count);
                    break;
            }

            Assert.Equal(model.Count, index.Count);
        }

        AssertIsAnswer(index, model, Samples.SmallIntegers(dimensions, 2000), k: 100, filter: null, exact: true);
    }

    /// <summary>Checks an answer and returns the share of the true neighbours it holds.</summary>
    private double AssertIsAnswer(ILocalVectorIndex index, Dictionary<int, float[]> model, float[] query, int k, IdSet? filter, bool exact)
    {
        var results = new Neighbor[k];
        int found = index.Search(query, results, filter);
        Neighbor[] answer = results[..found];
        double[] truth = [.. model.Where(p => filter is null || filter.Contains(p.Key)).Select(p => OracleDistance(index.Metric, query, p.Value)).Order()];
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

    private void AssertIsWellFormed(ISimilarityMetric metric, Neighbor[] answer, float[] query, Dictionary<int, float[]> vectors, IdSet? filter)
    {
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

    private sealed record Operation(int Kind, int[] Ids, int Seed, int K)
    {
        public override string ToString() => $"{Kind switch { 0 => "add", 1 => "remove", 2 => "search", _ => "filtered search" }}([{string.Join(',', Ids)}], seed {Seed}, k {K})";
    }

    /// <summary>Vectors from a seed.</summary>
    private static class Samples
    {
        public static float[] Vector(int dimensions, int seed)
        {
            var vector = new float[dimensions];
            Fill(vector, new Random(seed), 1);
            return vector;
        }

        public static float[] SmallIntegers(int dimensions, int seed)
        {
            var random = new Random(seed);
            return [.. Enumerable.Range(0, dimensions).Select(_ => (float)random.Next(-2, 3))];
        }

        public static VectorSet Gaussian(int count, int dimensions, int seed)
        {
            var set = new VectorSet(dimensions);
            var random = new Random(seed);
            var vector = new float[dimensions];
            for (int id = 0; id < count; id++)
            {
                Fill(vector, random, 1);
                set.Add([id], vector);
            }

            return set;
        }

        /// <summary>Vector i lies in cluster i mod <paramref name="clusters"/>, spread along 8 directions of its own and a little noise.</summary>
        public static VectorSet Clustered(int count, int dimensions, int clusters, int seed, int? sampleSeed = null)
        {
            const int directions = 8;
            var shapes = new Random(seed);
            var centres = new float[clusters][];
            var axes = new float[clusters][];
            for (int c = 0; c < clusters; c++)
            {
                Fill(centres[c] = new float[dimensions], shapes, 1);
                Fill(axes[c] = new float[directions * dimensions], shapes, 0.3);
            }

            var random = new Random(sampleSeed ?? (seed + 1));
            var set = new VectorSet(dimensions);
            var vector = new float[dimensions];
            var weights = new float[directions];
            for (int id = 0; id < count; id++)
            {
                Fill(vector, random, 0.05);
                Fill(weights, random, 1);
                int c = id % clusters;
                for (int i = 0; i < dimensions; i++)
                {
                    vector[i] += centres[c][i];
                    for (int d = 0; d < directions; d++)
                    {
                        vector[i] += weights[d] * axes[c][(d * dimensions) + i];
                    }
                }

                set.Add([id], vector);
            }

            return set;
        }

        public static Dictionary<int, float[]> ToModel(VectorSet vectors)
        {
            var model = new Dictionary<int, float[]>();
            for (int row = 0; row < vectors.Count; row++)
            {
                model.Add(vectors.Ids[row], vectors[row].ToArray());
            }

            return model;
        }

        private static void Fill(Span<float> vector, Random random, double scale)
        {
            for (int i = 0; i < vector.Length; i++)
            {
                vector[i] = (float)(scale * Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()));
            }
        }
    }
}
