using System.Diagnostics;
using Xunit;

namespace ArtSimilarity.TestSupport;

/// <summary>Runs test classes in a process of their own.</summary>
public static class ChildProcess
{
    /// <summary>Runs the tests of a class and fails unless all of them pass.</summary>
    /// <param name="testClass">The class, of the assembly that runs.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <param name="environment">Environment variables of the child.</param>
    public static async Task RunAsync(Type testClass, CancellationToken cancellationToken, params (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        if (Path.GetFileNameWithoutExtension(start.FileName).Equals("dotnet", StringComparison.OrdinalIgnoreCase))
        {
            start.ArgumentList.Add(testClass.Assembly.Location);
        }

        start.ArgumentList.Add("--filter-class");
        start.ArgumentList.Add(testClass.FullName!);
        start.ArgumentList.Add("--no-ansi");
        foreach ((string name, string value) in environment)
        {
            start.Environment[name] = value;
        }

        using Process child = Process.Start(start)!;
        Task<string> output = child.StandardOutput.ReadToEndAsync(cancellationToken);
        Task<string> error = child.StandardError.ReadToEndAsync(cancellationToken);
        await child.WaitForExitAsync(cancellationToken);
        Assert.True(child.ExitCode == 0, $"{await output}{await error}");
    }
}
