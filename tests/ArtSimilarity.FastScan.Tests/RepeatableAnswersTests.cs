using System.Runtime.InteropServices;
using ArtSimilarity.ByteCodes;
using ArtSimilarity.FastScan.Codes;
using ArtSimilarity.Indexing;
using ArtSimilarity.Numerics;
using ArtSimilarity.SignCodes;
using ArtSimilarity.TestSupport;
using ArtSimilarity.Testing;
using Xunit;

namespace ArtSimilarity.FastScan.Tests;

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

    /// <summary>Kernels by themselves, the bytes of some files, and the ids and the bits of the distances of searches in each way there is.</summary>
    internal static byte[] FilesAndAnswers(int threads)
    {
        using var folder = new TemporaryFolder();
        using var bytes = new MemoryStream();
        using var answers = new BinaryWriter(bytes);

        foreach (int dimensions in new[] { 1, 64, 100, 700, 2048 })
        {
            Kernels(dimensions, answers);
        }

        // The first is padded to a longer rotation, the second takes two transforms that overlap.
        foreach ((int count, int dimensions) in new[] { (1500, 83), (300, 700) })
        {
            VectorSet vectors = TestVectors.Clustered(count, dimensions, clusters: 25, seed: 1);
            for (int i = 0; i < 50; i++)
            {
                vectors.Add([5000 + i, 7000 + i], [.. vectors[7], .. new float[dimensions]]);
            }

            var provider = new FastScanIndexProvider(new FastScanIndexOptions { LeafSize = 20, Seed = 11, MaxDegreeOfParallelism = threads });
            string path = folder.File($"{dimensions}.fastscan");
            using FastScanIndex index = provider.Build(vectors, path, "stamp");
            answers.Write(File.ReadAllBytes(path));
            VectorSet queries = TestVectors.Clustered(30, dimensions, clusters: 30, seed: 2);
            Search(index, queries, answers);
            Search(index, queries, answers, new IdSet(Enumerable.Range(0, count).Where(id => id % 7 == 3)).Freeze());
        }

        return bytes.ToArray();
    }

    /// <summary>A difference in the last bit seldom shows in an answer.</summary>
    private static unsafe void Kernels(int dimensions, BinaryWriter answers)
    {
        int stride = ByteRows.StrideOf(dimensions);
        var rotation = new Rotation(stride, seed: 3);
        float[] x = new float[rotation.Width], y = new float[rotation.Width];
        sbyte[] upper = new sbyte[stride];
        ushort[] lower = new ushort[stride];
        VectorSet vectors = TestVectors.Random(2, dimensions, seed: 9);
        vectors[0].CopyTo(x);
        vectors[1].CopyTo(y);
        fixed (float* a = x, b = y)
        fixed (sbyte* high = upper)
        fixed (ushort* low = lower)
        fixed (double* query = Array.ConvertAll(y, number => (double)number))
        {
            answers.Write(VectorKernels.Dot(a, b, stride));
            (double dot, double squaredNorm) = FixedOrderSum.DotAndSquaredNorm(x.AsSpan(0, dimensions), y.AsSpan(0, dimensions));
            answers.Write(dot);
            answers.Write(squaredNorm);
            answers.Write(FixedPoint.Encode(a, dimensions, high, low));
            answers.Write(MemoryMarshal.AsBytes<sbyte>(upper));
            answers.Write(MemoryMarshal.AsBytes<ushort>(lower));
            answers.Write(FixedPoint.Dot(high, low, query, stride));
            VectorKernels.AddScaled(a, b, 0.3f, stride);
            VectorKernels.Scale(a, 1.7f, stride);
            rotation.Apply(a);
            answers.Write(MemoryMarshal.AsBytes<float>(x));
            var tables = new SignTables(SignBlock.BitsFor(stride));
            tables.Set(a);
            answers.Write(new ReadOnlySpan<byte>(tables.Pointer, SignBlock.BitsFor(stride) * 4));
            answers.Write(tables.Step);
            answers.Write(tables.Offset);
        }
    }

    private static void Search(FastScanIndex index, VectorSet queries, BinaryWriter answers, IdSet? excluded = null)
    {
        IdSet?[] filters = [null, new IdSet(Enumerable.Range(0, 10_000).Where(id => id % 3 != 1)), new IdSet(Enumerable.Range(0, 40))];
        foreach (IdSet? filter in filters)
        {
            foreach (FastScanSearchSettings settings in new[] { new(150, 40), new(400, 60), FastScanSearchSettings.Exact })
            {
                for (int q = 0; q < queries.Count; q++)
                {
                    var results = new Neighbor[12];
                    int found = index.Search(queries[q], results, new VectorSearchOptions { Allowed = filter, Excluded = excluded }, settings);
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
