using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using Xunit;

namespace ArtSimilarity.Sqlite.Tests;

/// <summary>
/// A process that counts the works of a gallery as somebody who may write nothing: root may write everywhere, whatever a file's mode
/// says. It is this very executable, started with a variable set.
/// </summary>
internal static class OtherUser
{
    private const string PathVariable = "ARTSIM_TEST_COUNT_AS_OTHER_USER";

    /// <returns>What the process printed: the number of works and what writing gave, or an error.</returns>
    public static async Task<string> CountAsync(string path, CancellationToken cancellationToken)
    {
        const string command = "/usr/bin/setpriv";
        Assert.SkipUnless(File.Exists(command), "There is no setpriv to become another user with.");
        string assembly = typeof(OtherUser).Assembly.Location;
        bool isHosted = Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet";
        string[] program = isHosted ? [Environment.ProcessPath!, "exec", assembly] : [Environment.ProcessPath!];
        string[] user = Environment.IsPrivilegedProcess ? ["--reuid=65534", "--regid=65534", "--clear-groups"] : [];
        var start = new ProcessStartInfo(command, [.. user, .. program]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment[PathVariable] = path;
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync(cancellationToken), error = process.StandardError.ReadToEndAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        return await output + await error;
    }

    [ModuleInitializer]
    internal static void Count()
    {
        if (Environment.GetEnvironmentVariable(PathVariable) is string path)
        {
            try
            {
                using SqliteGalleryStore store = SqliteGalleryStore.Open(path);
                int works = store.CountAsync(new PaintingFilter()).AsTask().GetAwaiter().GetResult();
                Console.Write(string.Create(CultureInfo.InvariantCulture, $"{works} works, read-only {store.IsReadOnly}"));
                Environment.Exit(0);
            }
            catch (Galleries.GalleryStoreException e)
            {
                Console.Write(e.Message);
                Environment.Exit(1);
            }
        }
    }
}
