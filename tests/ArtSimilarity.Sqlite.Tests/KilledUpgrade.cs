using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace ArtSimilarity.Sqlite.Tests;

/// <summary>A process that opens, and so upgrades, a gallery: this very executable, started with a variable set.</summary>
internal static class KilledUpgrade
{
    public const int FurtherWorks = 6000;

    private const string PathVariable = "ARTSIM_TEST_UPGRADE_UNTIL_KILLED";

    /// <summary>Starts the process; it prints a line just before it opens the gallery.</summary>
    public static Process Start(string path)
    {
        string assembly = typeof(KilledUpgrade).Assembly.Location;
        bool isHosted = Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet";
        var start = new ProcessStartInfo(Environment.ProcessPath!, isHosted ? ["exec", assembly] : []) { RedirectStandardOutput = true };
        start.Environment[PathVariable] = path;
        return Process.Start(start)!;
    }

    [ModuleInitializer]
    internal static void Upgrade()
    {
        if (Environment.GetEnvironmentVariable(PathVariable) is string path)
        {
            Console.WriteLine("opening");
            SqliteGalleryStore.Open(path).Dispose();
            Environment.Exit(0);
        }
    }
}
