using ArtSimilarity.Galleries;
using ArtSimilarity.Galleries.Indexes;
using ArtSimilarity.Indexing;
using ArtSimilarity.Metrics;
using ArtSimilarity.TestSupport;
using ArtSimilarity.Testing;
using CsCheck;
using Xunit;

namespace ArtSimilarity.Tests;

/// <summary>What was written and removed since a build, beside an index that itself errs in nothing.</summary>
public class LiveIndexTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public void The_instruction_sets_switched_off_are_off() => InstructionSets.AssertSwitchesWorked();

    [Theory]
    [InlineData(3000, 64, "angular")]
    [InlineData(3000, 300, "angular")]
    [InlineData(1500, 64, "cosine")]
    [InlineData(1500, 64, "euclidean")]
    [InlineData(1500, 64, "innerproduct")]
    [InlineData(200, 64, "angular")]
    [InlineData(100, 64, "angular")]
    public async Task What_was_added_is_found_as_by_an_exact_search(int added, int dimensions, string metricName)
    {
        const int built = 3000, k = 40;
        ISimilarityMetric metric = SimilarityMetrics.All.Single(candidate => candidate.Name == metricName);
        VectorSet all = TestVectors.Clustered(built + added, dimensions, 30, 5);
        using var exact = new FlatIndex(dimensions, metric);
        exact.Add(Rows(all, 0, all.Count).Ids, Numbers(all, 0, all.Count));
        LiveIndex index = LiveIndex.Over(new FakeIndex(Rows(all, 0, built), metric, VectorIndexAccuracy.Adjustable), default, built - 1);
        var random = new Random(3);
        for (int first = built; first < all.Count;)
        {
            int count = Math.Min(all.Count - first, random.Next(1, 700));
            index.Apply(new SignatureChanges(new SpaceVersion(first, 1), [], Rows(all, first, count)));
            first += count;
        }

        int[] removed = [.. Enumerable.Range(built - 500, 500 + added).Where(id => id % 5 == 0)];
        index.Apply(new SignatureChanges(new SpaceVersion(all.Count, 1), removed, new VectorSet(dimensions)));
        exact.Remove(removed);
        Assert.Equal(added + removed.Length, index.Changes);
        var even = new IdSet(Enumerable.Range(0, all.Count).Where(id => id % 2 == 0));
        int wanted = 0, missed = 0;
        foreach (IdSet? filter in new[] { null, even })
        {
            for (int query = 0; query < 200; query++)
            {
                float[] vector = all[query * 7].ToArray();
                vector[query % dimensions] += 0.1f;
                var expected = new Neighbor[k];
                exact.Search(vector, expected, filter);
                Assert.Equal(expected, (await index.SearchAsync(vector, k, filter, 1, Cancellation)).ToArray());
                ArraySegment<Neighbor> found = await index.SearchAsync(vector, k, filter, null, Cancellation);
                Assert.Equal(k, found.Count);
                Assert.Equal(found.Order(), found);
                HashSet<int> ids = [.. found.Select(neighbor => neighbor.Id)];
                Assert.Equal(k, ids.Count);
                Assert.DoesNotContain(found, neighbor => removed.Contains(neighbor.Id) || filter?.Contains(neighbor.Id) == false);
                wanted += expected.Count(neighbor => neighbor.Id >= built);
                missed += expected.Count(neighbor => neighbor.Id >= built && !ids.Contains(neighbor.Id));
            }
        }

        Assert.True(wanted > 200, $"only {wanted} of the nearest were added ones");
        Assert.True(missed <= wanted / 1000, $"{missed} of {wanted} were missed");
    }

    [Fact]
    public void Any_history_of_writes_and_removals_agrees_with_a_dictionary()
    {
        // A step removes some works, replaces some and adds some: as a store tells it, with ids that are never used again.
        Gen<(int[] Removed, int[] Replaced, int Added)[]> history = Gen.Select(Gen.Int[0, 400].Array[0, 30], Gen.Int[0, 400].Array[0, 30], Gen.Int[0, 150]).Array[1, 12];
        Gen.Select(Gen.Int[1, 70], Gen.Int[0, 60], Gen.Bool, history).Sample((dimensions, count, hasIndex, steps) => Replay(dimensions, count, hasIndex, steps), iter: 40);
    }

    [Fact]
    public async Task Searches_beside_changes_see_whole_signatures_and_never_one_that_was_removed_before()
    {
        const int dimensions = 24, built = 600, steps = 500;
        VectorSet all = TestVectors.Clustered(built + steps, dimensions, 12, 9);
        LiveIndex index = LiveIndex.Over(new FakeIndex(Rows(all, 0, built), SimilarityMetrics.Angular, VectorIndexAccuracy.Adjustable), default, built - 1);
        int progress = 0;
        Task writer = Task.Run(
            () =>
            {
                // Step i adds the id built + i and removes 2i and 2i + 1, in the end some that were added too.
                for (int i = 0; i < steps; i++)
                {
                    index.Apply(new SignatureChanges(new SpaceVersion(i + 1, 1), [2 * i, (2 * i) + 1], Rows(all, built + i, 1)));
                    Volatile.Write(ref progress, i + 1);
                }
            },
            Cancellation);
        Task[] readers = [.. Enumerable.Range(0, 2).Select(reader => Task.Run(
            async () =>
            {
                var random = new Random(reader);
                do
                {
                    int before = Volatile.Read(ref progress);
                    float[] query = all[random.Next(all.Count)].ToArray();
                    ArraySegment<Neighbor> found = await index.SearchAsync(query, 30, null, random.Next(2) == 0 ? null : 1, Cancellation);
                    int after = Volatile.Read(ref progress);
                    Assert.Equal(found.Order(), found);
                    Assert.Equal(found.Count, found.Select(neighbor => neighbor.Id).Distinct().Count());
                    Assert.All(found, neighbor =>
                    {
                        Assert.InRange(neighbor.Id, 2 * before, built + after);
                        Assert.Equal(OracleDistance(query, all[neighbor.Id]), neighbor.Distance, 1e-5);
                    });
                }
                while (Volatile.Read(ref progress) < steps && !writer.IsFaulted);
            },
            Cancellation))];
        await Task.WhenAll([writer, .. readers]);
        Assert.Equal(built - steps, (await index.SearchAsync(all[0].ToArray(), 5000, null, null, Cancellation)).Count);
    }

    [Fact]
    public async Task Vectors_without_a_direction_and_very_small_and_large_ones_are_ordered_as_by_the_exact_index()
    {
        const int dimensions = 20, count = 600;
        VectorSet directions = TestVectors.Random(count, dimensions, seed: 8), vectors = new(dimensions);
        for (int id = 0; id < count; id++)
        {
            float scale = (id % 4) switch { 0 => 0, 1 => 1e-30f, 2 => 1e17f, _ => 1 };
            vectors.Add([id], [.. directions[id].ToArray().Select(number => number * scale)]);
        }

        using var exact = new FlatIndex(dimensions);
        exact.Add(vectors.Ids, Numbers(vectors, 0, count));
        LiveIndex index = LiveIndex.Over(new FakeIndex(new VectorSet(dimensions), SimilarityMetrics.Angular, VectorIndexAccuracy.Adjustable), default, -1);
        index.Apply(new SignatureChanges(new SpaceVersion(1, 1), [], vectors));
        for (int query = 0; query < 40; query++)
        {
            float[] vector = vectors[query].ToArray();
            if (Array.TrueForAll(vector, number => number == 0))
            {
                continue; // all are equally far from it
            }

            var expected = new Neighbor[25];
            exact.Search(vector, expected);
            Assert.Equal(expected, (await index.SearchAsync(vector, 25, null, null, Cancellation)).ToArray());
        }
    }

    private static void Replay(int dimensions, int count, bool hasIndex, (int[] Removed, int[] Replaced, int Added)[] steps)
    {
        int next = 0;
        Dictionary<int, float[]> model = [];
        VectorSet first = New(count);
        LiveIndex index = hasIndex
            ? LiveIndex.Over(new FakeIndex(first, SimilarityMetrics.Angular, VectorIndexAccuracy.Adjustable), default, count - 1)
            : LiveIndex.Exact(first, SimilarityMetrics.Angular, default);
        int wanted = 0, missed = 0;
        foreach ((int[] removed, int[] replaced, int added) in steps)
        {
            int[] gone = [.. removed.Concat(replaced).Where(model.Remove).Distinct()];
            VectorSet written = New(replaced.Length + added);
            var version = new SpaceVersion(next + 1, 1);
            index.Apply(new SignatureChanges(version, [.. gone, .. gone.Take(1)], written));
            Assert.Equal(version, index.Version);
            Assert.InRange(model.Count, 0, index.MaxCount);
            float[] query = SampleVectors.Vector(dimensions, 7 * next);
            var even = new IdSet(model.Keys.Where(id => id % 2 == 0));
            foreach ((IdSet? filter, int k, double? quality) in new (IdSet?, int, double?)[] { (null, 10, null), (even, 10, null), (null, 1000, null), (even, 1000, 1), (null, 10, 1) })
            {
                Neighbor[] found = [.. index.SearchAsync(query, k, filter, quality, CancellationToken.None).AsTask().GetAwaiter().GetResult()];
                double[] truth = [.. model.Where(entry => filter is null || filter.Contains(entry.Key)).Select(entry => OracleDistance(query, entry.Value)).Order().Take(k)];
                Assert.Equal(truth.Length, found.Length);
                Assert.Equal(found.Length, found.Select(neighbor => neighbor.Id).Distinct().Count());
                Assert.All(found, neighbor => Assert.Equal(OracleDistance(query, model[neighbor.Id]), neighbor.Distance, 1e-5));
                if (k == 1000 || quality == 1)
                {
                    Assert.All(found.Zip(truth), pair => Assert.Equal(pair.Second, pair.First.Distance, 1e-5));
                }

                wanted += truth.Length;
                missed += truth.Length - found.Count(neighbor => neighbor.Distance <= truth[^1] + 1e-5);
            }

            var compared = new Neighbor[index.MaxCount];
            int all = index.CompareAsync(query, compared, null, CancellationToken.None).AsTask().GetAwaiter().GetResult();
            Assert.Equal(model.Keys.Order(), compared.Take(all).Select(neighbor => neighbor.Id).Order());
        }

        Assert.True(missed <= 1 + (wanted / 1000), $"{missed} of {wanted} were missed");

        VectorSet New(int size)
        {
            var vectors = new VectorSet(dimensions);
            for (int i = 0; i < size; i++, next++)
            {
                model[next] = SampleVectors.Vector(dimensions, next + 100_000);
                vectors.Add([next], model[next]);
            }

            return vectors;
        }
    }

    private static double OracleDistance(ReadOnlySpan<float> x, ReadOnlySpan<float> y)
    {
        double dot = 0, xx = 0, yy = 0;
        for (int i = 0; i < x.Length; i++)
        {
            dot += (double)x[i] * y[i];
            xx += (double)x[i] * x[i];
            yy += (double)y[i] * y[i];
        }

        return Math.Sqrt(2 * (1 - Math.Clamp(dot / Math.Sqrt(xx * yy), -1, 1)));
    }

    private static VectorSet Rows(VectorSet vectors, int first, int count)
    {
        var rows = new VectorSet(vectors.Dimensions);
        rows.Add(vectors.Ids.Slice(first, count), Numbers(vectors, first, count));
        return rows;
    }

    private static float[] Numbers(VectorSet vectors, int first, int count) => [.. Enumerable.Range(first, count).SelectMany(row => vectors[row].ToArray())];
}
