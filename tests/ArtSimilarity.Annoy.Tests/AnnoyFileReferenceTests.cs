using ArtSimilarity.Indexing;
using ArtSimilarity.Testing;
using Xunit;

namespace ArtSimilarity.Annoy.Tests;

/// <summary>Annoy's own code and ours, side by side: files either wrote are answered the same by both.</summary>
public sealed class AnnoyFileReferenceTests(AnnoyReference reference) : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("clustered", 2500, 32, 10)]
    [InlineData("clustered", 1500, 100, 1)]
    [InlineData("clustered", 1000, 3, 7)]
    [InlineData("clustered", 600, 1, 5)]
    [InlineData("holes", 1200, 24, 6)]
    [InlineData("duplicates", 1500, 16, 5)]
    [InlineData("zeros", 1000, 20, 5)]
    public void Annoy_answers_from_a_file_we_wrote_as_we_do(string kind, int count, int dimensions, int trees)
    {
        VectorSet vectors = AnnoyVectors.Create(kind, count, dimensions, seed: 1);
        string path = _folder.File("ours.ann");
        AnnoyFileWriter.Write(path, vectors, new AnnoyFileWriterOptions { TreeCount = trees, Seed = 5 }, null, TestContext.Current.CancellationToken);
        Compare("angular", AnnoyMetric.Angular, path, AnnoyVectors.Queries(kind, vectors, seed: 2), trees);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(9)] // a leaf's worth but one of 8 dimensions, a leaf's worth, and one more
    [InlineData(10)]
    [InlineData(11)]
    [InlineData(21)]
    public void The_smallest_files_are_those_that_Annoy_expects(int count)
    {
        foreach (string kind in new[] { "clustered", "holes", "duplicates", "zeros" })
        {
            VectorSet vectors = AnnoyVectors.Create(kind, count, 8, seed: 3);
            string ours = _folder.File($"ours-{kind}.ann"), theirs = _folder.File($"theirs-{kind}.ann");
            AnnoyFileWriter.Write(ours, vectors, new AnnoyFileWriterOptions { TreeCount = 3 }, null, TestContext.Current.CancellationToken);
            VectorSet queries = AnnoyVectors.Queries(kind, vectors, seed: 4);
            Compare("angular", AnnoyMetric.Angular, ours, queries);

            // Where every tree is a single leaf there is nothing to choose, and the nodes after the items are the same.
            if (count > 0)
            {
                reference.Build("angular", vectors, 3, 1, theirs);
                Compare("angular", AnnoyMetric.Angular, theirs, queries);
                int itemNodes = vectors.Ids.ToArray().Max() + 1;
                if (itemNodes <= 10)
                {
                    Assert.Equal(File.ReadAllBytes(theirs)[(itemNodes * 44)..], File.ReadAllBytes(ours)[(itemNodes * 44)..]);
                }
            }
        }
    }

    [Fact]
    public void One_item_far_from_zero_is_found()
    {
        var vectors = new VectorSet(4);
        vectors.Add([500], [1, 2, 3, 4]);
        string path = _folder.File("one.ann");
        AnnoyFileWriter.Write(path, vectors, new AnnoyFileWriterOptions { TreeCount = 2 }, null, TestContext.Current.CancellationToken);
        Compare("angular", AnnoyMetric.Angular, path, vectors);
        using AnnoyFile file = AnnoyFile.Open(path, 4);
        var results = new Neighbor[3];
        Assert.Equal(1, file.Search([1, 2, 3, 4], results));
        Assert.Equal(new Neighbor(500, 0), results[0]);
    }

    [Theory]
    [InlineData("angular", AnnoyMetric.Angular, "clustered", 33)]
    [InlineData("angular", AnnoyMetric.Angular, "holes", 5)]
    [InlineData("euclidean", AnnoyMetric.Euclidean, "clustered", 40)]
    [InlineData("euclidean", AnnoyMetric.Euclidean, "holes", 7)]
    [InlineData("euclidean", AnnoyMetric.Euclidean, "duplicates", 12)]
    [InlineData("euclidean", AnnoyMetric.Euclidean, "zeros", 12)]
    [InlineData("manhattan", AnnoyMetric.Manhattan, "clustered", 40)]
    [InlineData("manhattan", AnnoyMetric.Manhattan, "duplicates", 9)]
    [InlineData("dot", AnnoyMetric.DotProduct, "clustered", 40)]
    [InlineData("dot", AnnoyMetric.DotProduct, "zeros", 9)]
    [InlineData("dot-old", AnnoyMetric.DotProduct, "clustered", 40)]
    [InlineData("dot-old", AnnoyMetric.DotProduct, "holes", 9)]
    [InlineData("hamming", AnnoyMetric.Hamming, "bits", 64)]
    [InlineData("hamming", AnnoyMetric.Hamming, "bits", 100)]
    [InlineData("hamming", AnnoyMetric.Hamming, "bits", 7)]
    public void We_answer_from_a_file_of_any_metric_as_Annoy_does(string name, AnnoyMetric metric, string kind, int dimensions)
    {
        VectorSet vectors = AnnoyVectors.Create(kind, 1000, dimensions, seed: 5);
        string path = _folder.File("theirs.ann");
        reference.Build(name, vectors, 8, 42, path);
        Compare(name, metric, path, AnnoyVectors.Queries(kind, vectors, seed: 6), 8);

        using AnnoyFile file = AnnoyFile.Open(path, dimensions, metric);
        VectorSet read = file.ReadVectors(TestContext.Current.CancellationToken);
        Assert.Equal(vectors.Ids.ToArray().Order(), read.Ids.ToArray());
        float[] vector = new float[dimensions];
        for (int row = 0; row < vectors.Count; row++)
        {
            Assert.True(file.TryGetVector(vectors.Ids[row], vector));
            Assert.Equal(vectors[row].ToArray(), vector);
        }
    }

    [Fact]
    public void Our_trees_find_as_much_as_those_that_Annoy_built()
    {
        VectorSet vectors = AnnoyVectors.Create("clustered", 6000, 48, seed: 7);
        VectorSet queries = AnnoyVectors.Create("clustered", 100, 48, seed: 8);
        string ours = _folder.File("ours.ann"), theirs = _folder.File("theirs.ann");
        AnnoyFileWriter.Write(ours, vectors, new AnnoyFileWriterOptions { TreeCount = 20 }, null, TestContext.Current.CancellationToken);
        reference.Build("angular", vectors, 20, 1, theirs);
        double our = Recall(ours), their = Recall(theirs);
        Assert.InRange(our, their - 0.03, their + 0.03);
        Assert.InRange(our, 0.3, 0.99);

        double Recall(string path)
        {
            IReadOnlyList<Neighbor[]> found = reference.Search("angular", path, queries, 20, 1500).Neighbors;
            IReadOnlyList<Neighbor[]> exact = reference.Search("angular", path, queries, 20, int.MaxValue).Neighbors;
            return found.Zip(exact, (some, all) => some.Count(neighbor => all.Any(other => other.Id == neighbor.Id))).Sum() / (20.0 * queries.Count);
        }
    }

    private void Compare(string name, AnnoyMetric metric, string path, VectorSet queries, int? trees = null)
    {
        using AnnoyFile file = AnnoyFile.Open(path, queries.Dimensions, metric);
        int places = 0, swapped = 0;
        foreach ((int k, int searchK) in new[] { (1, -1), (10, -1), (10, 1), (10, 37), (10, 3000), (100, 500), (1000, 1_000_000), (5, 0) })
        {
            AnnoyReferenceAnswer expected = reference.Search(name, path, queries, k, searchK);
            Assert.Equal(expected.Items, file.ItemCount);
            Assert.Equal(expected.Trees, file.TreeCount);
            Assert.Equal(trees ?? expected.Trees, file.TreeCount);
            var results = new Neighbor[k];
            for (int query = 0; query < queries.Count; query++)
            {
                int found = file.Search(queries[query], results, searchK);
                swapped += CompareAnswers(expected.Neighbors[query], results.AsSpan(0, found));
                places += found;
            }
        }

        // In a few dimensions many vectors lie in nearly the same direction.
        Assert.True(queries.Dimensions < 16 || swapped * 1000 <= places, $"{swapped} of {places} neighbours are in another order.");
        Assert.True(metric != AnnoyMetric.Hamming || swapped == 0, $"{swapped} of {places} neighbours are in another order, and bits know no rounding.");
    }

    /// <summary>
    /// The same ids in the same order at the same distances, but for what lies within the rounding of Annoy's sums: it adds in single
    /// precision, in an order that depends on how it was compiled, and so may tell apart what is equal, and swap what nearly is.
    /// </summary>
    /// <returns>How many places are taken by another neighbour that is as far.</returns>
    private static int CompareAnswers(Neighbor[] expected, ReadOnlySpan<Neighbor> actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        Dictionary<int, float> distances = expected.ToDictionary(neighbor => neighbor.Id, neighbor => neighbor.Distance);
        double tolerance = 1e-6 * expected.Select(neighbor => Math.Abs(neighbor.Distance)).Append(1).Max();
        int swapped = 0;
        for (int i = 0; i < expected.Length; i++)
        {
            Neighbor found = actual[i];
            Assert.True(IsNear(expected[i].Distance, found.Distance), $"place {i}: {found}, Annoy has {expected[i]}");
            if (found.Id != expected[i].Id)
            {
                swapped++;
                Assert.True(IsNear(distances.GetValueOrDefault(found.Id, expected[^1].Distance), found.Distance), $"place {i}: {found}, Annoy has {expected[i]}");
            }
        }

        Assert.Equal(actual.Length, actual.ToArray().DistinctBy(neighbor => neighbor.Id).Count());
        return swapped;

        // Within 10⁻⁶; of the squares where these are what is summed, and the root blows up their rounding.
        bool IsNear(float x, float y) => Math.Abs(x - y) <= tolerance || Math.Abs((x * x) - (y * y)) <= 1e-6;
    }
}
