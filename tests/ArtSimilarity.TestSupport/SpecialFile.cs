using System.Diagnostics;
using Xunit;

namespace ArtSimilarity.TestSupport;

/// <summary>What lies at a path and is no file: whoever opens it must not wait for ever.</summary>
public static class SpecialFile
{
    /// <summary>How long a test waits for a refusal that comes at once, so that one that hangs fails.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>Makes a <c>pipe</c>, a <c>folder</c> or a link to a <c>device</c> that never ends; skips the test where this system does not tell it from a file.</summary>
    /// <param name="kind">Which.</param>
    /// <param name="path">Where.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>A task that ends when it is there.</returns>
    public static async Task MakeAsync(string kind, string path, CancellationToken cancellationToken)
    {
        if (kind == "folder")
        {
            Directory.CreateDirectory(path);
            return;
        }

        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux tells a pipe or a device from a file here.");
        if (kind == "device")
        {
            File.CreateSymbolicLink(path, "/dev/zero");
            return;
        }

        using Process made = Process.Start("mkfifo", path);
        await made.WaitForExitAsync(cancellationToken);
        Assert.Equal(0, made.ExitCode);
    }
}
