using System.Globalization;
using ArtSimilarity.Indexing;
using ArtSimilarity.TestSupport;
using ArtSimilarity.Testing;
using Xunit;

namespace ArtSimilarity.Annoy.Tests;

/// <summary>
/// Damaged files give an answer or a typed error: no crash, no endless walk, no memory beyond what the file accounts for. ARTSIM_FUZZ
/// sets the number of mutations (3,000 without it); each has a number of its own that it can be repeated by.
/// </summary>
public sealed class AnnoyFileFuzzTests : IDisposable
{
    private const int Files = 5, Timeout = 3_600_000;

    private static readonly int Rounds =
        (int.TryParse(Environment.GetEnvironmentVariable("ARTSIM_FUZZ"), NumberStyles.None, CultureInfo.InvariantCulture, out int rounds) ? rounds : 3000) / Files;

    private static readonly int[] Extremes = [int.MinValue, int.MinValue + 1, -1_000_000, -2, -1, 0, 1, 2, 3, 1 << 16, 1 << 24, int.MaxValue - 1, int.MaxValue];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory(Timeout = Timeout)]
    [InlineData("angular-f32.ann", 32)]
    [InlineData("angular-f32-holes.ann", 32)]
    [InlineData("angular-f8-duplicates.ann", 8)]
    [InlineData("spotify-test.tree", 10)]
    public Task Damaged_files_of_Annoy_give_an_answer_or_a_typed_error(string name, int dimensions)
    {
        byte[] whole = File.ReadAllBytes(SharedData.Require($"annoy/{name}"));
        return Task.Run(() => Fuzz(whole, dimensions, TestContext.Current.CancellationToken), TestContext.Current.CancellationToken);
    }

    [Fact(Timeout = Timeout)]
    public Task Damaged_files_of_our_own_give_an_answer_or_a_typed_error()
    {
        string path = _folder.File("ours.ann");
        AnnoyFileWriter.Write(path, AnnoyVectors.Create("holes", 300, 7, seed: 31), new AnnoyFileWriterOptions { TreeCount = 4 }, null, TestContext.Current.CancellationToken);
        byte[] whole = File.ReadAllBytes(path);
        return Task.Run(() => Fuzz(whole, 7, TestContext.Current.CancellationToken), TestContext.Current.CancellationToken);
    }

    private void Fuzz(byte[] whole, int dimensions, CancellationToken cancellationToken)
    {
        string path = _folder.File("damaged.ann");
        int refused = 0;
        for (int round = 0; round < Rounds; round++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var random = new Random(round);
            byte[] damaged = Mutate(whole, 12 + (4 * dimensions), random);
            File.WriteAllBytes(path, damaged);
            AnnoyMetric metric = random.Next(5) == 0 ? (AnnoyMetric)random.Next(5) : AnnoyMetric.Angular;
            int asked = random.Next(20) == 0 ? random.Next(1, 80) : DimensionsOf(metric, dimensions, random);
            long before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                Read(path, asked, metric, random);
            }
            catch (VectorIndexFileException e)
            {
                Assert.Contains(path, e.Message, StringComparison.Ordinal);
                refused++;
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                Assert.Fail($"Mutation {round}: {e}");
            }

            // A block of a set of vectors (4 MB); lists of candidates that grow by doubling, and are scored: some times the file.
            long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.True(allocated < 5_000_000 + (100L * damaged.Length), $"Mutation {round}: {allocated} bytes were allocated for a file of {damaged.Length}.");
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{Rounds} mutations: {refused} refused, {Rounds - refused} answered");
        Assert.InRange(refused, Rounds / 20, Rounds - 1);
    }

    /// <summary>So many dimensions of another metric that its nodes are as long as those of the angular file, where that can be.</summary>
    private static int DimensionsOf(AnnoyMetric metric, int angular, Random random) => metric switch
    {
        AnnoyMetric.Angular => angular,
        AnnoyMetric.DotProduct => angular - (random.Next(2) == 0 ? 1 : 3),
        AnnoyMetric.Hamming => (angular - 1) / 2 * 64,
        _ => angular - 1,
    };

    private static void Read(string path, int dimensions, AnnoyMetric metric, Random random)
    {
        using AnnoyFile file = AnnoyFile.Open(path, dimensions, metric);
        float[] vector = new float[dimensions];
        for (int search = 0; search < 2; search++)
        {
            for (int i = 0; i < dimensions; i++)
            {
                vector[i] = random.NextSingle() - 0.5f;
            }

            var results = new Neighbor[1 + random.Next(50)];
            int found = file.Search(vector, results, search == 0 ? int.MaxValue : random.Next(-1, 2000));
            Assert.InRange(found, 0, results.Length);
            Assert.Equal(found, results.Take(found).DistinctBy(neighbor => neighbor.Id).Count());
            Assert.All(results.Take(found), neighbor => Assert.True(file.Contains(neighbor.Id)));
        }

        _ = file.TryGetVector(random.Next(-1, file.ItemCount + 1), vector);
        if (random.Next(4) == 0)
        {
            Assert.True(file.ReadVectors().Count <= file.ItemCount);
        }
    }

    private static byte[] Mutate(byte[] whole, int nodeLength, Random random)
    {
        List<byte> bytes = [.. whole];
        int nodes = whole.Length / nodeLength;
        for (int times = 1 + random.Next(4); times > 0; times--)
        {
            int at = random.Next(bytes.Count - 16);
            switch (random.Next(16))
            {
                case 0:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    bytes.RemoveRange(at, bytes.Count - at);
                    bytes.AddRange(random.Next(2) == 0 ? [] : whole[..(nodeLength * random.Next(3))]);
                    break;
                case 2:
                    bytes.InsertRange(at, whole.AsSpan(0, random.Next(2) == 0 ? random.Next(1, 9) : nodeLength));
                    break;
                case 3:
                    bytes.RemoveRange(at, Math.Min(bytes.Count - at, random.Next(2) == 0 ? random.Next(1, 9) : nodeLength));
                    break;
                default:
                    // Where the structure is: descendants and children, mostly of the trees.
                    int node = random.Next(3) == 0 ? random.Next(nodes) : nodes - 1 - random.Next(Math.Min(nodes, 1 + (nodes / 4)));
                    int value = random.Next(3) == 0 ? Extremes[random.Next(Extremes.Length)] : random.Next(-2, nodes + 2);
                    int place = Math.Min(bytes.Count - 4, (node * nodeLength) + (4 * random.Next(random.Next(2) == 0 ? 3 : nodeLength / 4)));
                    BitConverter.TryWriteBytes(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(bytes)[Math.Max(0, place)..], value);
                    break;
            }

            if (bytes.Count < 64)
            {
                break;
            }
        }

        return [.. bytes];
    }
}
