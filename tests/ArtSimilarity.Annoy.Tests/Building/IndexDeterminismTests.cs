using System.Diagnostics;
using ArtSimilarity.Indexing;
using Xunit;

namespace ArtSimilarity.Annoy.Tests;

public sealed class ForestDeterminismTests
{
    private const string ChildFile = "ARTSIM_TEST_FOREST_FILE";

    [Fact]
    public void One_two_and_five_threads_write_the_same_file()
    {
        using var folder = new TemporaryFolder();
        byte[] one = Build(folder.File("one"), threads: 1);
        Assert.Equal(one, Build(folder.File("two"), threads: 2));
        Assert.Equal(one, Build(folder.File("five"), threads: 5));
        Assert.Equal(one, Build(folder.File("all"), threads: -1));
    }

    [Fact]
    public void Another_seed_or_stamp_writes_another_file()
    {
        using var folder = new TemporaryFolder();
        byte[] one = Build(folder.File("one"), threads: 2);
        Assert.NotEqual(one, Build(folder.File("two"), threads: 2, seed: 12));
        Assert.NotEqual(one, Build(folder.File("three"), threads: 2, stamp: "other"));
    }

    [Fact]
    public void The_order_of_the_vectors_does_not_matter()
    {
        using var folder = new TemporaryFolder();
        VectorSet vectors = TestVectors.Random(700, 20, seed: 3);
        var reversed = new VectorSet(20);
        for (int row = 699; row >= 0; row--)
        {
            reversed.Add([row], vectors[row]);
        }

        var provider = new AnnoyIndexProvider();
        provider.Build(vectors, folder.File("a"), "").Dispose();
        provider.Build(reversed, folder.File("b"), "").Dispose();
        Assert.Equal(File.ReadAllBytes(folder.File("a")), File.ReadAllBytes(folder.File("b")));
    }

    [Theory]
    [InlineData("DOTNET_EnableAVX512")]
    [InlineData("DOTNET_EnableAVX512F")]
    [InlineData("DOTNET_EnableAVX2")]
    [InlineData("DOTNET_EnableHWIntrinsic")]
    public async Task Without_an_instruction_set_the_file_is_the_same(string variable)
    {
        using var folder = new TemporaryFolder();
        byte[] here = Build(folder.File("here"), threads: 2);
        var start = new ProcessStartInfo(Environment.ProcessPath!)
        {
            Environment = { [variable] = "0", [ChildFile] = folder.File("child") },
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        if (Path.GetFileNameWithoutExtension(start.FileName).Equals("dotnet", StringComparison.OrdinalIgnoreCase))
        {
            start.ArgumentList.Add(typeof(ForestDeterminismTests).Assembly.Location);
        }

        start.ArgumentList.Add("--filter-method");
        start.ArgumentList.Add($"{typeof(ForestDeterminismTests).FullName}.{nameof(A_child_process_writes_its_file)}");
        using Process child = Process.Start(start)!;
        Task<string> output = child.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        Task<string> errors = child.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await child.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(child.ExitCode == 0, await output + await errors);
        Assert.Equal(here, await File.ReadAllBytesAsync(folder.File("child"), TestContext.Current.CancellationToken));
    }

    /// <summary>Run by <see cref="Without_an_instruction_set_the_file_is_the_same"/>; on its own it checks that a rebuild gives the same file.</summary>
    [Fact]
    public void A_child_process_writes_its_file()
    {
        using var folder = new TemporaryFolder();
        byte[] first = Build(Environment.GetEnvironmentVariable(ChildFile) ?? folder.File("first"), threads: 2);
        Assert.Equal(first, Build(folder.File("second"), threads: 1));
    }

    private static byte[] Build(string path, int threads, long seed = 11, string stamp = "stamp")
    {
        // 83 dimensions reach the unrolled part of the kernels, the rest and the padding.
        VectorSet vectors = TestVectors.Random(1500, 83, seed: 1);
        for (int i = 0; i < 200; i++)
        {
            vectors.Add([5000 + i, 7000 + i], [.. vectors[7], .. new float[83]]);
        }

        var provider = new AnnoyIndexProvider(new AnnoyIndexOptions { LeafSize = 20, Seed = seed, MaxDegreeOfParallelism = threads });
        provider.Build(vectors, path, stamp).Dispose();
        return File.ReadAllBytes(path);
    }
}
