using Xunit;

namespace ArtSimilarity.TestSupport;

/// <summary>
/// Finds the paintings, images, models and golden files that lie beside the repository (or at ARTSIM_SHARED). A test that
/// needs them is skipped, with the reason, where they are absent.
/// </summary>
public static class SharedData
{
    private static readonly string? Root = Find();

    /// <summary>Whether the shared data is there.</summary>
    public static bool IsPresent => Root is not null;

    /// <summary>The path of a shared file or folder; skips the running test when it is absent.</summary>
    public static string Require(string relativePath)
    {
        Assert.SkipWhen(Root is null, "The shared data is neither beside the repository (../shared) nor at ARTSIM_SHARED.");
        string path = Path.Combine(Root!, relativePath);
        Assert.True(File.Exists(path) || Directory.Exists(path), $"The shared data has no {relativePath}.");
        return path;
    }

    private static string? Find()
    {
        string? configured = Environment.GetEnvironmentVariable("ARTSIM_SHARED");
        if (!string.IsNullOrEmpty(configured))
        {
            return Directory.Exists(configured) ? configured : throw new DirectoryNotFoundException($"ARTSIM_SHARED names no folder: {configured}");
        }

        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "ArtSimilarity.sln")))
            {
                string beside = Path.Combine(folder.Parent!.FullName, "shared");
                return Directory.Exists(beside) ? beside : null;
            }
        }

        return null;
    }
}
