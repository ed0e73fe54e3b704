using System.Runtime.InteropServices;
using ArtSimilarity.Indexing;
using ArtSimilarity.TestSupport;
using ArtSimilarity.Testing;
using Xunit;

namespace ArtSimilarity.Annoy.Tests;

/// <summary>Numbers of which single precision cannot hold the squares.</summary>
public sealed class AnnoyFileMagnitudeTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(1f, 1e18f)]
    [InlineData(1f, 1e19f)]
    [InlineData(1f, 1e30f)]
    [InlineData(1f, 3e38f)]
    [InlineData(1f, 1e-19f)]
    [InlineData(1f, 1e-30f)]
    [InlineData(1f, 1e-36f)]
    [InlineData(1e-10f, 1e-20f)]
    [InlineData(1e-19f, 1f)]
    [InlineData(1e-30f, 1f)]
    [InlineData(1e-30f, 1e-30f)]
    [InlineData(1e-30f, 1e30f)]
    [InlineData(1e17f, 1e30f)]
    public void Angles_do_not_depend_on_the_length_of_a_vector(float ofItems, float ofQueries)
    {
        VectorSet vectors = Scaled(TestVectors.Clustered(800, 16, clusters: 20, seed: 4), 1 / 8f);
        using AnnoyFile expected = Write("expected.ann", vectors), actual = Write("actual.ann", Scaled(vectors, ofItems));
        Neighbor[] wanted = new Neighbor[10], found = new Neighbor[10];
        int same = 0;
        for (int q = 0; q < 40; q++)
        {
            Assert.Equal(10, expected.Search(vectors[q], wanted, 4000));
            Assert.Equal(10, actual.Search(Scaled(vectors[q], ofQueries), found, 4000));
            for (int i = 0; i < 10; i++)
            {
                Assert.Equal(wanted[i].Distance, found[i].Distance, 1e-3f); // near 0 the root of a rounded cosine
                same += wanted[i].Id == found[i].Id ? 1 : 0;
            }
        }

        Assert.True(same >= 390, $"only {same} of 400 neighbours are the same");
    }

    [Fact]
    public void Trees_over_tiny_vectors_are_as_good_as_over_ordinary_ones()
    {
        VectorSet vectors = TestVectors.Clustered(3000, 16, clusters: 60, seed: 4);
        using AnnoyFile expected = Write("expected.ann", vectors), actual = Write("actual.ann", Scaled(vectors, 1e-30f));
        var exact = new Neighbor[10];
        int ordinary = 0, tiny = 0;
        for (int q = 0; q < 100; q++)
        {
            expected.Search(vectors[q], exact, int.MaxValue);
            ordinary += Found(expected, vectors[q], exact);
            tiny += Found(actual, vectors[q], exact);
        }

        Assert.InRange(tiny, ordinary * 0.95, 1000);
        static int Found(AnnoyFile file, ReadOnlySpan<float> query, Neighbor[] exact)
        {
            var results = new Neighbor[10];
            int count = file.Search(query, results, 150);
            return results[..count].Select(neighbor => neighbor.Id).Intersect(exact.Select(neighbor => neighbor.Id)).Count();
        }
    }

    [Theory]
    [InlineData(AnnoyMetric.Euclidean, 1e19f)]
    [InlineData(AnnoyMetric.Euclidean, 1e30f)]
    [InlineData(AnnoyMetric.Euclidean, 1e38f)]
    [InlineData(AnnoyMetric.Euclidean, 1e-22f)]
    [InlineData(AnnoyMetric.Euclidean, 1e-30f)]
    [InlineData(AnnoyMetric.Manhattan, 1e38f)]
    [InlineData(AnnoyMetric.Manhattan, 1e-36f)]
    [InlineData(AnnoyMetric.DotProduct, 1e19f)]
    [InlineData(AnnoyMetric.DotProduct, 1e30f)]
    [InlineData(AnnoyMetric.DotProduct, 1e-22f)]
    [InlineData(AnnoyMetric.DotProduct, 1e-30f)]
    public void The_order_does_not_depend_on_the_magnitude(AnnoyMetric metric, float magnitude)
    {
        VectorSet set = TestVectors.Random(10, 12, seed: 8);
        float[][] vectors = [.. Enumerable.Range(0, 10).Select(i => set[i].ToArray())];
        float[][] scaled = [.. vectors.Select(vector => Scaled(vector, magnitude))];
        using AnnoyFile expected = Leaf("expected.ann", vectors, metric), actual = Leaf("actual.ann", scaled, metric);
        double factor = metric == AnnoyMetric.DotProduct ? (double)magnitude * magnitude : magnitude;
        for (int q = 0; q < 10; q++)
        {
            Neighbor[] wanted = new Neighbor[10], found = new Neighbor[10];
            Assert.Equal(10, expected.Search(vectors[q], wanted, 1000));
            Assert.Equal(10, actual.Search(scaled[q], found, 1000));
            Assert.Equal(wanted.Select(neighbor => neighbor.Id), found.Select(neighbor => neighbor.Id));
            for (int i = 0; i < 10; i++)
            {
                float distance = (float)(wanted[i].Distance * factor);
                Assert.True(
                    distance == found[i].Distance || Math.Abs(found[i].Distance - distance) <= Math.Abs(distance) * 1e-4,
                    $"{found[i].Distance}, not {distance}");
            }
        }
    }

    private static float[] Scaled(ReadOnlySpan<float> vector, float factor) =>
        [.. vector.ToArray().Select(number => (float)Math.Clamp((double)number * factor, -float.MaxValue, float.MaxValue))];

    private static VectorSet Scaled(VectorSet vectors, float factor)
    {
        var scaled = new VectorSet(vectors.Dimensions);
        for (int row = 0; row < vectors.Count; row++)
        {
            scaled.Add([vectors.Ids[row]], Scaled(vectors[row], factor));
        }

        return scaled;
    }

    private AnnoyFile Write(string name, VectorSet vectors)
    {
        AnnoyFileWriter.Write(_folder.File(name), vectors, new AnnoyFileWriterOptions { TreeCount = 10 }, null, TestContext.Current.CancellationToken);
        return AnnoyFile.Open(_folder.File(name), vectors.Dimensions);
    }

    /// <summary>A file of a single leaf, as Annoy writes it for few items.</summary>
    private AnnoyFile Leaf(string name, float[][] vectors, AnnoyMetric metric)
    {
        (int children, int vector) = metric == AnnoyMetric.DotProduct ? (4, 24) : (8, 16);
        int nodeLength = vector + (vectors[0].Length * sizeof(float));
        byte[] file = new byte[nodeLength * (vectors.Length + 2)];
        for (int node = 0; node < vectors.Length; node++)
        {
            Span<byte> bytes = file.AsSpan(node * nodeLength, nodeLength);
            BitConverter.TryWriteBytes(bytes, 1);
            MemoryMarshal.AsBytes<float>(vectors[node]).CopyTo(bytes[vector..]);
        }

        foreach (int root in new[] { vectors.Length, vectors.Length + 1 })
        {
            Span<byte> bytes = file.AsSpan(root * nodeLength, nodeLength);
            BitConverter.TryWriteBytes(bytes, vectors.Length);
            for (int i = 0; i < vectors.Length; i++)
            {
                BitConverter.TryWriteBytes(bytes[(children + (i * sizeof(int)))..], i);
            }
        }

        File.WriteAllBytes(_folder.File(name), file);
        return AnnoyFile.Open(_folder.File(name), vectors[0].Length, metric);
    }
}
