using ArtSimilarity.Indexing;
using ArtSimilarity.TestSupport;
using ArtSimilarity.Testing;
using Xunit;

namespace ArtSimilarity.Annoy.Tests.Index;

/// <summary>What builds write and searches answer; <see cref="ForestInstructionSetTests"/> compares it with what child processes get.</summary>
public class RepeatableForestTests
{
    /// <summary>Names the file that a child writes the bytes to.</summary>
    public const string FileVariable = "ARTSIM_TEST_FOREST_FILE";

    [Fact]
    public void The_instruction_sets_switched_off_are_off() => InstructionSets.AssertSwitchesWorked();

    [Fact]
    public void Builds_and_searches_give_the_same_again()
    {
        byte[] first = FilesAndAnswers(threads: 2);
        if (Environment.GetEnvironmentVariable(FileVariable) is string path)
        {
            File.WriteAllBytes(path, first);
            return;
        }

        Assert.Equal(first, FilesAndAnswers(threads: 5));
    }

    /// <summary>The bytes of some files, and the ids and the bits of the distances of searches in each way there is.</summary>
    internal static byte[] FilesAndAnswers(int threads)
    {
        using var folder = new TemporaryFolder();
        using var bytes = new MemoryStream();
        using var answers = new BinaryWriter(bytes);
        foreach ((int count, int dimensions) in new[] { (1500, 83), (700, 130) })
        {
            VectorSet vectors = TestVectors.Clustered(count, dimensions, clusters: 25, seed: 1), queries = TestVectors.Clustered(20, dimensions, clusters: 30, seed: 2);
            for (int i = 0; i < 50; i++)
            {
                vectors.Add([5000 + i, 7000 + i], [.. vectors[7], .. new float[dimensions]]);
            }

            string path = folder.File($"{dimensions}.ann");
            using AnnoyIndex index = new AnnoyIndexProvider(new AnnoyIndexOptions { TreeCount = 9, Seed = 11, MaxDegreeOfParallelism = threads }).Build(vectors, path);
            answers.Write(File.ReadAllBytes(path));
            Search(index, queries, answers);
            Search(index, queries, answers, new IdSet(Enumerable.Range(0, count).Where(id => id % 7 == 3)).Freeze());
        }

        return bytes.ToArray();
    }

    private static void Search(AnnoyIndex index, VectorSet queries, BinaryWriter answers, IdSet? excluded = null)
    {
        IdSet?[] filters = [null, new IdSet(Enumerable.Range(0, 10_000).Where(id => id % 3 != 1)), new IdSet(Enumerable.Range(0, 40))];
        foreach (IdSet? filter in filters)
        {
            foreach (AnnoySearchSettings settings in new[] { new(), new(60), new(400, 3), AnnoySearchSettings.Exact })
            {
                for (int q = 0; q < queries.Count; q++)
                {
                    foreach (Neighbor neighbor in index.Find(queries[q], 12, settings, filter, excluded))
                    {
                        answers.Write(neighbor.Id);
                        answers.Write(BitConverter.SingleToInt32Bits(neighbor.Distance));
                    }
                }
            }
        }
    }
}
