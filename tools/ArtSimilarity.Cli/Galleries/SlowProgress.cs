using System.Diagnostics;
using System.Globalization;
using ArtSimilarity.CommandLine;

namespace ArtSimilarity.Cli.Galleries;

/// <summary>Progress that is told only when something takes long.</summary>
internal static class SlowProgress
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    /// <summary>Writes a line on the error stream every few seconds.</summary>
    /// <param name="console">Where to.</param>
    /// <param name="what">What is being done.</param>
    public static IProgress<double> Of(CliConsole console, string what)
    {
        var sinceLine = Stopwatch.StartNew();
        return new ImmediateProgress<double>(done =>
        {
            if (done < 1 && sinceLine.Elapsed >= Interval)
            {
                sinceLine.Restart();
                console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what}: {100 * done:0} %"));
            }
        });
    }
}
