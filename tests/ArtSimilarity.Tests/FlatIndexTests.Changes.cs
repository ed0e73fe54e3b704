using ArtSimilarity.Indexing;
using ArtSimilarity.Metrics;
using ArtSimilarity.Testing;
using CsCheck;
using Xunit;

namespace ArtSimilarity.Tests;

/// <summary>What a flat index can do beyond other indexes: it changes.</summary>
public partial class FlatIndexTests
{
    [Fact]
    public void Vectors_that_cannot_be_added_are_refused_and_leave_the_index_as_it_was()
    {
        foreach (ISimilarityMetric metric in Metrics)
        {
            VectorSet vectors = SampleVectors.Gaussian(20, 2, seed: 3);
            using FlatIndex index = Fill(vectors, metric);
            Assert.ThrowsAny<ArgumentException>(() => index.Add([50, 51], [1, 2, 3]));
            Assert.ThrowsAny<ArgumentException>(() => index.Add([50, 51], [1, 2, 3, float.NaN]));
            Assert.ThrowsAny<ArgumentException>(() => index.Add([50, 51], [1, 2, float.PositiveInfinity, 4]));
            Assert.ThrowsAny<ArgumentException>(() => index.Add([50, -1], [1, 2, 3, 4]));
            Assert.ThrowsAny<ArgumentException>(() => index.Add([50, 50], [1, 2, 3, 4]));
            Assert.ThrowsAny<ArgumentException>(() => index.Add([50, 7], [1, 2, 3, 4]));
            Assert.Equal(20, index.Count);
            AssertIsAnswer(index, SampleVectors.ToModel(vectors), [1, 2], k: 30, filter: null, exact: true);
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
            VectorSet vectors = SampleVectors.Gaussian(500, 13, seed: 9);
            using FlatIndex index = Fill(vectors, metric);
            Dictionary<int, float[]> model = SampleVectors.ToModel(vectors);
            for (int i = 0; i < 100; i++)
            {
                float[] vector = SampleVectors.Vector(13, 9000 + i);
                index.Add([10_000 - i], vector);
                model.Add(10_000 - i, vector);
            }

            Assert.Equal(600, index.Count);
            for (int q = 0; q < 10; q++)
            {
                AssertIsAnswer(index, model, SampleVectors.Vector(13, q), k: 600, filter: null, exact: true);
                AssertIsAnswer(index, model, SampleVectors.Vector(13, q), k: 20, filter: null, exact: true);
                AssertIsAnswer(index, model, SampleVectors.Vector(13, q), k: 20, new IdSet(Enumerable.Range(9901, 100)), exact: true);
            }
        }
    }

    [Fact]
    public void Removed_vectors_are_not_found_and_counted_once()
    {
        foreach (ISimilarityMetric metric in Metrics)
        {
            VectorSet vectors = SampleVectors.Gaussian(300, 13, seed: 9);
            using FlatIndex index = Fill(vectors, metric);
            Dictionary<int, float[]> model = SampleVectors.ToModel(vectors);
            index.Add([900, 901], [.. SampleVectors.Vector(13, 1), .. SampleVectors.Vector(13, 2)]);
            model.Add(901, SampleVectors.Vector(13, 2));
            int[] gone = [.. Enumerable.Range(0, 100).Select(i => i * 3), 900];
            Assert.Equal(101, index.Remove([.. gone, 5000, -1, 900, 0]));
            Assert.Equal(0, index.Remove(gone));
            foreach (int id in gone)
            {
                model.Remove(id);
            }

            Assert.Equal(201, index.Count);
            AssertIsAnswer(index, model, SampleVectors.Vector(13, 1), k: 302, filter: null, exact: true);
            AssertIsAnswer(index, model, SampleVectors.Vector(13, 1), k: 30, filter: null, exact: true);
            AssertIsAnswer(index, model, SampleVectors.Vector(13, 1), k: 30, new IdSet([0, 1, 3, 4, 900, 901]), exact: true);
        }
    }

    [Fact]
    public void Removing_everything_leaves_an_empty_index()
    {
        foreach (ISimilarityMetric metric in Metrics)
        {
            using FlatIndex index = Fill(SampleVectors.Gaussian(300, 5, seed: 9), metric);
            Assert.Equal(300, index.Remove([.. Enumerable.Range(0, 300)]));
            Assert.Equal(0, index.Count);
            Assert.Equal(0, index.Search(SampleVectors.Vector(5, 1), new Neighbor[10]));
        }
    }

    [Fact]
    public void An_id_may_be_used_again_after_its_removal()
    {
        foreach (ISimilarityMetric metric in Metrics)
        {
            VectorSet vectors = SampleVectors.Gaussian(200, 6, seed: 9);
            using FlatIndex index = Fill(vectors, metric);
            Dictionary<int, float[]> model = SampleVectors.ToModel(vectors);
            for (int round = 0; round < 4; round++)
            {
                Assert.Equal(1, index.Remove([17]));
                model[17] = SampleVectors.Vector(6, 400 + round);
                index.Add([17], model[17]);
                Assert.Equal(200, index.Count);
                AssertIsAnswer(index, model, model[17], k: 200, filter: null, exact: true);
                AssertIsAnswer(index, model, model[17], k: 1, new IdSet([17]), exact: true);
            }

            Assert.Equal(1, index.Remove([17]));
            model.Remove(17);
            AssertIsAnswer(index, model, SampleVectors.Vector(6, 403), k: 200, filter: null, exact: true);
            Assert.Equal(0, index.Search(SampleVectors.Vector(6, 403), new Neighbor[1], new IdSet([17])));
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
            VectorSet vectors = SampleVectors.Gaussian(initial, dimensions, seed: 31);
            using FlatIndex index = Fill(vectors, metric);
            Dictionary<int, float[]> all = SampleVectors.ToModel(vectors);
            for (int i = 0; i < steps; i++)
            {
                all.Add(initial + i, SampleVectors.Vector(dimensions, 50_000 + i));
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
            AssertIsAnswer(index, all, SampleVectors.Vector(dimensions, 1), k: 5000, filter: null, exact: true);
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
            vectors.Add([id], SampleVectors.SmallIntegers(dimensions, id));
        }

        using FlatIndex index = Fill(vectors, metric);
        Dictionary<int, float[]> model = SampleVectors.ToModel(vectors);
        foreach (Operation step in operations)
        {
            switch (step.Kind)
            {
                case 0:
                    float[][] added = [.. step.Ids.Select(id => SampleVectors.SmallIntegers(dimensions, id + (31 * step.Seed)))];
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
                    AssertIsAnswer(index, model, SampleVectors.SmallIntegers(dimensions, 1000 + step.Seed), step.K, filter, exact: true);
                    break;
            }

            Assert.Equal(model.Count, index.Count);
        }

        AssertIsAnswer(index, model, SampleVectors.SmallIntegers(dimensions, 2000), k: 100, filter: null, exact: true);
    }

    private sealed record Operation(int Kind, int[] Ids, int Seed, int K)
    {
        public override string ToString() => $"{Kind switch { 0 => "add", 1 => "remove", 2 => "search", _ => "filtered search" }}([{string.Join(',', Ids)}], seed {Seed}, k {K})";
    }
}
