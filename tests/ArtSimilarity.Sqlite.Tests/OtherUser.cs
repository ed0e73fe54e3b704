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
    private const string TwiceVariable = "ARTSIM_TEST_COUNT_TWICE";

    /// <returns>What the process printed: the number of works and what writing gave, or an error.</returns>
    public static Task<string> CountAsync(string path, CancellationToken cancellationToken) => RunAsync(path, null, cancellationToken);

    /// <returns>The same in two lines, before and after what is done in between.</returns>
    public static Task<string> CountTwiceAsync(string path, Func<Task> between, CancellationToken cancellationToken) => RunAsync(path, between, cancellationToken);

    private static async Task<string> RunAsync(string path, Func<Task>? between, CancellationToken cancellationToken)
    {
        const string command = "/usr/bin/setpriv";
        Assert.SkipUnless(File.Exists(command), "There is no setpriv to become another user with.");
        string assembly = typeof(OtherUser).Assembly.Location;
        bool isHosted = Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet";
        string[] program = isHosted ? [Environment.ProcessPath!, "exec", assembly] : [Environment.ProcessPath!];
        string[] user = Environment.IsPrivilegedProcess ? ["--reuid=65534", "--regid=65534", "--clear-groups"] : [];
        var start = new ProcessStartInfo(command, [.. user, .. program]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment[PathVariable] = path;
        start.Environment[TwiceVariable] = between is null ? null : "1";
        using Process process = Process.Start(start)!;
        string first = "";
        if (between is not null)
        {
            first = await process.StandardOutput.ReadLineAsync(cancellationToken) + "\n";
            await between();
            await process.StandardInput.WriteLineAsync();
            process.StandardInput.Close();
        }

        Task<string> output = process.StandardOutput.ReadToEndAsync(cancellationToken), error = process.StandardError.ReadToEndAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        return first + await output + await error;
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
                Console.Write(string.Create(CultureInfo.InvariantCulture, $"{works} works, read-only: {store.ReadOnlyReason ?? "no"}"));
                if (Environment.GetEnvironmentVariable(TwiceVariable) is not null)
                {
                    Console.WriteLine();
                    Console.ReadLine();
                    works = store.CountAsync(new PaintingFilter()).AsTask().GetAwaiter().GetResult();
                    Console.Write(string.Create(CultureInfo.InvariantCulture, $"{works} works"));
                }

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
