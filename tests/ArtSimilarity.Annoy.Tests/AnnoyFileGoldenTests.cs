using System.Security.Cryptography;
using ArtSimilarity.Indexing;
using ArtSimilarity.TestSupport;
using ArtSimilarity.Testing;
using Xunit;

namespace ArtSimilarity.Annoy.Tests;

/// <summary>
/// The bytes of a written file, on every machine; run again with instruction sets switched off. The hashes are our own: they hold that
/// the bytes stay, and <see cref="AnnoyFileReferenceTests"/> that they are right.
/// </summary>
public sealed class AnnoyFileGoldenTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_switches_worked() => InstructionSets.AssertSwitchesWorked();

    [Theory]
    [InlineData(40, "aea15c922ac142ad")]
    [InlineData(7, "362ebc225a6ceef1")]
    public void The_same_vectors_trees_and_seed_give_the_same_bytes_everywhere(int dimensions, string hash)
    {
        VectorSet vectors = TestVectors.Random(900, dimensions, seed: 21);
        string path = _folder.File("golden.ann");
        AnnoyFileWriter.Write(path, vectors, new AnnoyFileWriterOptions { TreeCount = 6, Seed = 9 }, null, TestContext.Current.CancellationToken);
        Assert.Equal(hash, Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(path)))[..16]);
    }
}
