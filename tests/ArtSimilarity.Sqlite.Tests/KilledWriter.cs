using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using ArtSimilarity.Features;
using ArtSimilarity.Galleries;

namespace ArtSimilarity.Sqlite.Tests;

/// <summary>A process that writes batches into a gallery until it is killed: this very executable, started with a variable set.</summary>
internal static class KilledWriter
{
    public const int WorksPerBatch = 7;

    private const string PathVariable = "ARTSIM_TEST_WRITE_UNTIL_KILLED";

    private static readonly FeatureSpace[] Spaces = [new("a#1", "64x64 squash", 1280), new("b#1", "64x64 squash", 9)];

    /// <summary>Starts the process; it prints the number of batches after each commit.</summary>
    public static Process Start(string path)
    {
        string assembly = typeof(KilledWriter).Assembly.Location;
        bool isHosted = Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet";
        var start = new ProcessStartInfo(Environment.ProcessPath!, isHosted ? ["exec", assembly] : [])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment[PathVariable] = path;
        return Process.Start(start)!;
    }

    public static string Key(int work) => $"work {work}";

    public static float[] Vector(FeatureSpace space, int work) => [.. Enumerable.Range(0, space.Dimensions).Select(i => work + i / 1000f)];

    // The entry point belongs to the test runner; a module initializer runs before it.
    [ModuleInitializer]
    internal static void WriteUntilKilled()
    {
        if (Environment.GetEnvironmentVariable(PathVariable) is string path)
        {
            WriteAsync(path).GetAwaiter().GetResult();
        }
    }

    private static async Task WriteAsync(string path)
    {
        await using SqliteGalleryStore store = SqliteGalleryStore.Open(path);
        for (int batch = await store.CountAsync(new PaintingFilter()) / WorksPerBatch; ; batch++)
        {
            await store.WriteAsync([.. Enumerable.Range(batch * WorksPerBatch, WorksPerBatch).Select(work => new GalleryEntry(
                new Painting(Key(work)) { Tags = ["tag"] },
                "hash",
                [.. Spaces.Select(space => new Signature(space, Vector(space, work)))]))]);
            Console.WriteLine((batch + 1).ToString(CultureInfo.InvariantCulture));
        }
    }
}
