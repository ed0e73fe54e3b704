using System.Globalization;
using Xunit;

namespace ArtSimilarity.Integration.Tests.Soak;

/// <summary>
/// Concurrent searches, adds, removes and rebuilds, each answer held against an oracle. Ten seconds each, or as many minutes each as
/// ARTSIM_SOAK_MINUTES says; from one minute on, memory must not grow either.
/// </summary>
public sealed class SoakTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("artsim-soak");

    private static TimeSpan Duration =>
        Environment.GetEnvironmentVariable("ARTSIM_SOAK_MINUTES") is { Length: > 0 } minutes
            ? TimeSpan.FromMinutes(double.Parse(minutes, CultureInfo.InvariantCulture))
            : TimeSpan.FromSeconds(10);

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task A_gallery_stands_searches_adds_removes_and_rebuilds_at_once() => await SoakAsync(new GallerySoakTarget(_folder.FullName));

    [Fact]
    public async Task An_index_stands_searches_adds_removes_and_rebuilds_at_once() => await SoakAsync(new IndexSoakTarget(_folder.FullName));

    private async Task SoakAsync(ISoakTarget target)
    {
        await using (target)
        {
            using var run = new SoakRun(target, Duration, line => TestContext.Current.TestOutputHelper!.WriteLine(line));
            run.Run();
        }

        Assert.DoesNotContain(_folder.EnumerateFiles("*", SearchOption.AllDirectories), file => file.Extension == ".tmp");
        if (File.Exists("/proc/self/maps"))
        {
            Assert.DoesNotContain(await File.ReadAllLinesAsync("/proc/self/maps", TestContext.Current.CancellationToken), line => line.Contains(_folder.Name, StringComparison.Ordinal));
        }
    }
}
