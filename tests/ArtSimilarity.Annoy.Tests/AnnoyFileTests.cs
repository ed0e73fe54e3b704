using System.Runtime.InteropServices;
using System.Text.Json;
using ArtSimilarity.Indexing;
using ArtSimilarity.TestSupport;
using Xunit;

namespace ArtSimilarity.Annoy.Tests;

/// <summary>Files that spotify/annoy wrote must be answered as spotify/annoy answers.</summary>
public sealed class AnnoyFileTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("artsim-annoy-file");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData("pipe", false)]
    [InlineData("pipe", true)]
    [InlineData("device", false)]
    [InlineData("device", true)]
    [InlineData("folder", false)]
    [InlineData("folder", true)]
    public async Task What_is_no_file_is_refused_at_once(string kind, bool map)
    {
        string path = Path.Combine(_folder.FullName, "items.ann");
        await SpecialFile.MakeAsync(kind, path, TestContext.Current.CancellationToken);
        var e = await Assert.ThrowsAsync<VectorIndexFileException>(
            () => Task.Run(() => AnnoyFile.Open(path, 32, map: map), TestContext.Current.CancellationToken).WaitAsync(SpecialFile.Patience, TestContext.Current.CancellationToken));
        Assert.StartsWith($"{path} is not a regular file, but a ", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("angular-f32", 32)]
    [InlineData("angular-f32-holes", 32)]
    [InlineData("angular-f8-duplicates", 8)]
    public void Every_answer_is_the_one_that_Annoy_gave(string name, int dimensions)
    {
        using AnnoyFile file = AnnoyFile.Open(SharedData.Require($"annoy/{name}.ann"), dimensions);
        using JsonDocument expected = JsonDocument.Parse(File.ReadAllBytes(SharedData.Require($"annoy/{name}.expected.json")));
        Assert.Equal(expected.RootElement.GetProperty("trees").GetInt32(), file.TreeCount);
        int compared = 0;
        foreach (JsonElement query in expected.RootElement.GetProperty("queries").EnumerateArray())
        {
            float[] vector = [.. query.GetProperty("vector").EnumerateArray().Select(x => x.GetSingle())];
            var results = new Neighbor[query.GetProperty("k").GetInt32()];
            int found = file.Search(vector, results, query.GetProperty("search_k").GetInt32());
            Assert.Equal(query.GetProperty("ids").EnumerateArray().Select(id => id.GetInt32()), results.Take(found).Select(neighbor => neighbor.Id));
            Assert.All(
                query.GetProperty("distances").EnumerateArray().Zip(results),
                pair => Assert.Equal(pair.First.GetDouble(), pair.Second.Distance, 1e-6));
            compared++;
        }

        Assert.Equal(240, compared);
    }

    [Fact]
    public void The_vectors_are_those_that_went_in()
    {
        using AnnoyFile file = AnnoyFile.Open(SharedData.Require("annoy/angular-f32.ann"), 32);
        byte[] bytes = File.ReadAllBytes(SharedData.Require("annoy/angular-f32.vectors.fbin"));
        ReadOnlySpan<float> vectors = MemoryMarshal.Cast<byte, float>(bytes.AsSpan(8));
        float[] vector = new float[32];
        Assert.Equal(2000, file.ItemCount);
        for (int id = 0; id < file.ItemCount; id++)
        {
            Assert.True(file.TryGetVector(id, vector));
            Assert.Equal(vectors.Slice(id * 32, 32).ToArray(), vector);
        }

        Assert.False(file.TryGetVector(2000, vector));
        Assert.False(file.TryGetVector(-1, vector));
    }

    [Fact]
    public void The_test_file_of_the_Annoy_project_is_read()
    {
        using AnnoyFile file = AnnoyFile.Open(SharedData.Require("annoy/spotify-test.tree"), 10);
        var results = new Neighbor[5];
        float[] vector = new float[10];
        for (int id = 0; id < file.ItemCount; id++)
        {
            Assert.True(file.TryGetVector(id, vector));
            Assert.Equal(5, file.Search(vector, results));
            Assert.Equal(id, results[0].Id);
        }
    }

    [Theory]
    [InlineData(31)]
    [InlineData(33)]
    [InlineData(8)]
    [InlineData(1)]
    public void Wrong_dimensions_are_refused(int dimensions)
    {
        string path = SharedData.Require("annoy/angular-f32.ann");
        Assert.Contains("angular-f32.ann", Assert.Throws<VectorIndexFileException>(() => AnnoyFile.Open(path, dimensions)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Queries_that_cannot_be_compared_are_refused()
    {
        AnnoyFile file = AnnoyFile.Open(SharedData.Require("annoy/angular-f8-duplicates.ann"), 8);
        Assert.Throws<ArgumentException>(() => file.Search(new float[7], new Neighbor[1]));
        Assert.Throws<ArgumentException>(() => file.Search([1, 2, 3, 4, 5, 6, 7, float.NaN], new Neighbor[1]));
        Assert.Throws<ArgumentOutOfRangeException>(() => file.Search(new float[8], new Neighbor[1], -2));
        file.Dispose();
        Assert.Throws<ObjectDisposedException>(() => file.Search(new float[8], new Neighbor[1]));
        Assert.Throws<FileNotFoundException>(() => AnnoyFile.Open(Path.Combine(_folder.FullName, "none.ann"), 8));
    }
}
