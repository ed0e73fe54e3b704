using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace ArtSimilarity.Benchmarks.Comparisons;

/// <summary>A comparison's Markdown, with the machine it was measured on.</summary>
internal sealed class Report
{
    private readonly StringBuilder _text = new();
    private readonly string _name;

    public Report(string name, string title)
    {
        _name = name;
        Line($"# {title}");
        Line();
        Line($"Measured {DateTime.UtcNow:yyyy-MM-dd} on {Processor()}, {Environment.ProcessorCount} cores, {RuntimeInformation.FrameworkDescription}, "
            + $"with `dotnet run -c Release --project benchmarks/ArtSimilarity.Benchmarks -- compare {name}`. Times on a shared machine vary from run to run; the ratios are what counts.");
        Line();
    }

    /// <summary>The repository's root.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>The shared data beside the repository or at ARTSIM_SHARED.</summary>
    public static string Shared => Environment.GetEnvironmentVariable("ARTSIM_SHARED") ?? Path.Combine(Directory.GetParent(Root)!.FullName, "shared");

    public static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted.Length % 2 == 1 ? sorted[sorted.Length / 2] : (sorted[(sorted.Length / 2) - 1] + sorted[sorted.Length / 2]) / 2;
    }

    public static double Milliseconds(Action action)
    {
        long start = Stopwatch.GetTimestamp();
        action();
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }

    public void Line(string text = "")
    {
        Console.WriteLine(text);
        _text.Append(text).Append('\n');
    }

    public void Line(FormattableString text) => Line(text.ToString(CultureInfo.InvariantCulture));

    public void Save() => File.WriteAllText(Path.Combine(Root, "benchmarks", "results", _name + ".md"), _text.ToString());

    public static string Processor() =>
        File.Exists("/proc/cpuinfo")
            ? File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':')[1].Trim() ?? "unknown processor"
            : RuntimeInformation.ProcessArchitecture.ToString();

    private static string FindRoot() =>
        Above(AppContext.BaseDirectory) ?? Above(Environment.CurrentDirectory) ?? throw new DirectoryNotFoundException("Run the benchmarks from within the repository.");

    private static string? Above(string start)
    {
        DirectoryInfo? folder = new(start);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "ArtSimilarity.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName;
    }
}
