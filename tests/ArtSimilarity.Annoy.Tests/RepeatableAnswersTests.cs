using ArtSimilarity.Conformance;
using ArtSimilarity.Indexing;
using Xunit;

namespace ArtSimilarity.Annoy.Tests;

/// <summary>What builds write and searches answer; <see cref="InstructionSetTests"/> compares it with what child processes get.</summary>
public class RepeatableAnswersTests
{
    /// <summary>Names the file that a child writes the bytes to.</summary>
    public const string FileVariable = "ARTSIM_TEST_ANSWERS_FILE";

    [Fact]
    public void The_instruction_sets_switched_off_are_off() => InstructionSets.AssertSwitchesWorked();

    [Fact]
    public void Builds_and_searches_give_the_same_again_with_any_number_of_threads()
    {
        byte[] first = FilesAndAnswers(threads: 2);
        if (Environment.GetEnvironmentVariable(FileVariable) is string path)
        {
            File.WriteAllBytes(path, first);
            return;
        }

        Assert.Equal(first, FilesAndAnswers(threads: 1));
        Assert.Equal(first, FilesAndAnswers(threads: 5));
    }

    /// <summary>The bytes of some files, and the ids and the bits of the distances of searches in each way there is.</summary>
    internal static byte[] FilesAndAnswers(int threads)
    {
        using var folder = new TemporaryFolder();
        using var bytes = new MemoryStream();
        using var answers = new BinaryWriter(bytes);

        // The first is padded to a longer rotation, the second takes two transforms that overlap.
        foreach ((int count, int dimensions) in new[] { (1500, 83), (300, 700) })
        {
            VectorSet vectors = TestVectors.Clustered(count, dimensions, clusters: 25, seed: 1);
            for (int i = 0; i < 50; i++)
            {
                vectors.Add([5000 + i, 7000 + i], [.. vectors[7], .. new float[dimensions]]);
            }

            var provider = new AnnoyIndexProvider(new AnnoyIndexOptions { LeafSize = 20, Seed = 11, MaxDegreeOfParallelism = threads });
            string path = folder.File($"{dimensions}.annoy");
            using AnnoyIndex index = provider.Build(vectors, path, "stamp");
            answers.Write(File.ReadAllBytes(path));
            VectorSet queries = TestVectors.Clustered(30, dimensions, clusters: 30, seed: 2);
            Search(index, queries, answers);
            index.Remove([.. Enumerable.Range(0, count).Where(id => id % 7 == 3)]);
            for (int i = 0; i < 30; i++)
            {
                index.Add([9000 + i], queries[(i + 1) % 30]);
            }

            Search(index, queries, answers);
        }

        return bytes.ToArray();
    }

    private static void Search(AnnoyIndex index, VectorSet queries, BinaryWriter answers)
    {
        IdSet?[] filters = [null, new IdSet(Enumerable.Range(0, 10_000).Where(id => id % 3 != 1)), new IdSet(Enumerable.Range(0, 40))];
        foreach (IdSet? filter in filters)
        {
            foreach (AnnoySearchSettings settings in new[] { new(150, 40), new(400, 60), AnnoySearchSettings.Exact })
            {
                for (int q = 0; q < queries.Count; q++)
                {
                    var results = new Neighbor[12];
                    int found = index.Search(queries[q], results, filter, settings);
                    answers.Write(found);
                    foreach (Neighbor neighbor in results)
                    {
                        answers.Write(neighbor.Id);
                        answers.Write(BitConverter.SingleToInt32Bits(neighbor.Distance));
                    }
                }
            }
        }
    }
}
