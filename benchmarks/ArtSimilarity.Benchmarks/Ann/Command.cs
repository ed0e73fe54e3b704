using System.Diagnostics;

namespace ArtSimilarity.Benchmarks.Ann;

/// <summary>Runs programs to their end.</summary>
internal static class Command
{
    /// <summary>Runs a program.</summary>
    /// <returns>What it printed, which is passed on to stderr as well.</returns>
    /// <exception cref="InvalidOperationException">It failed.</exception>
    public static async Task<string> RunAsync(string program, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })!;
        string output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        await Console.Error.WriteAsync(output);
        return process.ExitCode == 0 ? output : throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} failed with exit code {process.ExitCode}.");
    }
}
