using System.Globalization;
using System.Text;

namespace ArtSimilarity.Wild;

/// <summary>A run as Markdown.</summary>
internal static class WildReport
{
    public static string Write(string model, WildRun run)
    {
        var text = new StringBuilder();
        Line(text, $"## {Path.GetFileNameWithoutExtension(model)}, {run.BaseCount:N0} works in the gallery");
        Line(text, $"");
        Table(text, run.Reported);
        (double Inliers, bool IsRight)[] evidence = [.. run.Calibration.Where(result => result.Setting == "identify" && result.Kind.Contains("photo", StringComparison.Ordinal)).SelectMany(result => result.Evidence)];
        (double intercept, double slope) = Calibration.Fit(evidence);
        Line(text, $"");
        Line(text, $"The other half of the works ({evidence.Length} photographs) gives the curve 1 / (1 + exp({-intercept:f2} − {slope:f3} × agreeing points)).");
        Line(text, $"");
        return text.ToString();
    }

    public static string Write(string model, DetailRun run)
    {
        var text = new StringBuilder();
        Line(text, $"## Details, {Path.GetFileNameWithoutExtension(model)}: {run.WorkCount} works of 1,000 pixels and more among {run.BaseCount:N0}");
        Line(text, $"");
        Table(text, run.Results);
        Line(text, $"");
        return text.ToString();
    }

    private static void Table(StringBuilder text, IEnumerable<WildResult> results)
    {
        Line(text, $"| query | way | first | among ten | place found (IoU ≥ 0.5) | median ms | queries |");
        Line(text, $"|---|---|--:|--:|--:|--:|--:|");
        foreach (WildResult result in results.OrderBy(result => result.Kind.StartsWith("absent", StringComparison.Ordinal)))
        {
            bool isAbsent = result.Kind.StartsWith("absent", StringComparison.Ordinal);
            string placed = result.Placeable > 0 ? Share(result.Placed, result.Placeable) : "";
            double[] times = [.. result.Milliseconds.Order()];
            Line(text, $"| {result.Kind} | {result.Setting} | {(isAbsent ? $"{Share(result.First, result.Queries)} accepted" : Share(result.First, result.Queries))} | {(isAbsent ? "" : Share(result.AmongTen, result.Queries))} | {placed} | {times[times.Length / 2]:f0} | {result.Queries} |");
        }
    }

    private static string Share(int part, int whole) => string.Create(CultureInfo.InvariantCulture, $"{100.0 * part / whole:f1} %");

    private static void Line(StringBuilder text, FormattableString line) => text.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');
}
