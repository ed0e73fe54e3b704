using System.Globalization;
using ArtSimilarity.Indexing;
using ArtSimilarity.TestSupport;
using ArtSimilarity.Testing;
using Xunit;

namespace ArtSimilarity.FastScan.Tests.Building;

/// <summary>How much memory a build takes, measured by Linux in a process that does nothing else.</summary>
public class BuildMemoryTests
{
    private const string ChildVariable = "ARTSIM_TEST_MEMORY_CHILD";

    [Fact]
    public async Task A_build_takes_little_more_than_the_vectors_and_the_index()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Linux tells the peak of a process's memory.");
        Assert.SkipWhen(Environment.GetEnvironmentVariable(ChildVariable) is not null, "In the child.");
        await ChildProcess.RunAsync(typeof(BuildMemoryTests), TestContext.Current.CancellationToken, (ChildVariable, "1"));
    }

    [Fact]
    public void The_peak_of_this_process_is_within_1_3_times_the_vectors_and_the_index()
    {
        Assert.SkipWhen(Environment.GetEnvironmentVariable(ChildVariable) is null, "Only in a process of its own.");
        using var folder = new TemporaryFolder();
        var provider = new FastScanIndexProvider();
        provider.Build(TestVectors.Random(2000, 512, seed: 1), folder.File("warm-up.fastscan")).Dispose();
        GC.Collect();
        long before = Kilobytes("VmRSS");
        const int count = 40_000, dimensions = 512;
        VectorSet vectors = TestVectors.Random(count, dimensions, seed: 1);
        using FastScanIndex index = provider.Build(vectors, folder.File("index.fastscan"));
        double bytes = ((double)count * dimensions * sizeof(float)) + index.FileLength;
        double peak = (Kilobytes("VmHWM") - before) * 1024.0;
        Assert.InRange(peak, 0.5 * bytes, 1.3 * bytes);
    }

    private static long Kilobytes(string name)
    {
        string line = File.ReadLines("/proc/self/status").Single(line => line.StartsWith(name + ":", StringComparison.Ordinal));
        return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2], CultureInfo.InvariantCulture);
    }
}
