using System.Diagnostics;
using System.Globalization;
using Spectre.Console;

namespace ArtSimilarity.CommandLine;

/// <summary>
/// Progress on the error stream: a bar with rate and time left on a terminal, a line every few seconds elsewhere.
/// </summary>
public static class LiveProgress
{
    private static readonly TimeSpan LineInterval = TimeSpan.FromSeconds(5);

    /// <summary>Runs work that reports how many of a total are done.</summary>
    /// <param name="console">Where to show it.</param>
    /// <param name="what">What is going on, e.g. <c>Indexing</c>.</param>
    /// <param name="total">How many there are to do.</param>
    /// <param name="unit">What is counted, e.g. <c>images</c>.</param>
    /// <param name="work">Gets the function to report to: how many are done, and how many of them each second.</param>
    public static async Task<T> RunAsync<T>(CliConsole console, string what, long total, string unit, Func<Action<long, double>, Task<T>> work)
    {
        if (console.ErrorIsTerminal)
        {
            return await console.Log.Progress()
                .Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
                .StartAsync(async context =>
                {
                    ProgressTask bar = context.AddTask(Markup.Escape(TerminalText.Escape(what)), maxValue: Math.Max(1, total));
                    T result = await work((done, rate) =>
                    {
                        bar.Value = done;
                        bar.Description = Markup.Escape(TerminalText.Escape($"{what} {Count(done)} of {Count(total)} {unit}, {Rate(rate)}"));
                    });
                    bar.Value = bar.MaxValue;
                    return result;
                });
        }

        var clock = Stopwatch.StartNew();
        TimeSpan lastLine = TimeSpan.Zero;
        var gate = new Lock();
        return await work((done, rate) =>
        {
            lock (gate)
            {
                if (clock.Elapsed - lastLine >= LineInterval)
                {
                    lastLine = clock.Elapsed;
                    string left = rate > 0 ? $", {TimeSpan.FromSeconds(Math.Ceiling((total - done) / rate)):h\\:mm\\:ss} left" : "";
                    console.Error.WriteLine($"{what} {Count(done)} of {Count(total)} {unit}, {Rate(rate)}{left}");
                }
            }
        });
    }

    /// <summary>Runs work that reports which share of it is done, from 0 to 1.</summary>
    /// <param name="console">Where to show it.</param>
    /// <param name="what">What is going on, e.g. <c>Measuring</c>.</param>
    /// <param name="work">Gets what to report to.</param>
    public static async Task<T> RunAsync<T>(CliConsole console, string what, Func<IProgress<double>, Task<T>> work)
    {
        if (console.ErrorIsTerminal)
        {
            return await console.Log.Progress()
                .Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
                .StartAsync(context =>
                {
                    ProgressTask bar = context.AddTask(Markup.Escape(TerminalText.Escape(what)), maxValue: 1);
                    return work(new ImmediateProgress<double>(done => bar.Value = done));
                });
        }

        var sinceLine = Stopwatch.StartNew();
        return await work(new ImmediateProgress<double>(done =>
        {
            if (done < 1 && sinceLine.Elapsed >= LineInterval)
            {
                sinceLine.Restart();
                console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what}: {100 * done:0} %"));
            }
        }));
    }

    private static string Count(long count) => count.ToString("N0", CultureInfo.InvariantCulture);

    private static string Rate(double rate) => rate.ToString(rate < 10 ? "0.0" : "N0", CultureInfo.InvariantCulture) + "/s";
}
