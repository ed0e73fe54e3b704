using System.Globalization;
using ScottPlot;
using ScottPlot.TickGenerators;

namespace ArtSimilarity.Benchmarks.Ann;

/// <summary>
/// Time against recall, a line for each tool's best settings. Time is on a logarithmic axis, and so is what recall lacks to 1:
/// from 0.98 to 0.99 is as far as from 0.9 to 0.95, since either halves the neighbours that are missed.
/// </summary>
internal static class RecallPlot
{
    private const int Width = 1000, Height = 640, LeftSize = 80;
    private const double LowestRecall = 0.8;

    /// <summary>What finds more is drawn as if it found so much: beyond, single neighbours of all queries decide.</summary>
    private const double HighestRecall = 0.9995;

    private static readonly double[] RecallTicks = [0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 0.998, 0.999, HighestRecall], StepsOfTen = [1, 2, 5];

    // Okabe and Ito's colours, told apart by everyone.
    private static readonly Dictionary<string, (string Color, MarkerShape Shape)> Styles = new(StringComparer.Ordinal)
    {
        ["ours"] = ("#D55E00", MarkerShape.FilledCircle),
        ["hnswlib"] = ("#0072B2", MarkerShape.FilledSquare),
        ["annoy"] = ("#009E73", MarkerShape.FilledTriangleUp),
        ["faiss"] = ("#777777", MarkerShape.FilledDiamond),
    };

    /// <summary>Draws the measurements of one k into a PNG file.</summary>
    /// <param name="names">What the tools are called in the legend.</param>
    public static void Write(string path, string title, IReadOnlyList<Measurement> measurements, IReadOnlyDictionary<string, string> names)
    {
        using var plot = new Plot();
        plot.Font.Set("DejaVu Sans"); // where it is absent, the platform's default
        plot.Title(title, size: 18);
        plot.XLabel("recall: share of the true k nearest found (axis as log(1 − recall))", size: 15);
        plot.YLabel("median time of a query, milliseconds, one thread", size: 15);
        plot.Axes.Bottom.Label.Bold = plot.Axes.Left.Label.Bold = false;
        plot.Grid.MajorLineColor = Colors.Black.WithOpacity(0.1);
        List<Measurement> shown = [.. measurements.Where(m => m.Recall >= LowestRecall).Select(m => m with { Recall = Math.Min(m.Recall, HighestRecall) })];
        foreach (string tool in Styles.Keys.Where(names.ContainsKey))
        {
            (string hex, MarkerShape shape) = Styles[tool];
            Color color = Color.FromHex(hex);
            List<Measurement> of = [.. shown.Where(m => m.Tool == tool)];
            if (tool == "faiss")
            {
                var level = plot.Add.HorizontalLine(Math.Log10(of[0].MedianMs), 2.5f, color);
                level.LegendText = names[tool];
                continue;
            }

            List<Measurement> front = Figures.Front(of);
            foreach (Measurement other in of.Except(front))
            {
                plot.Add.Marker(X(other), Y(other), shape, size: 4, color.WithOpacity(0.25));
            }

            var line = plot.Add.Scatter(front.Select(X).ToArray(), front.Select(Y).ToArray(), color);
            line.LineWidth = 2.5f;
            line.MarkerShape = shape;
            line.MarkerSize = 8;
            line.LegendText = names[tool];
        }

        double[] times = [.. shown.Select(m => m.MedianMs)];
        plot.Axes.SetLimits(
            X(LowestRecall) - 0.03, X(HighestRecall) + 0.15, Math.Log10(times.Min()) - 0.15, Math.Log10(times.Max()) + 0.15);
        plot.Axes.Bottom.TickGenerator = Ticks(
            RecallTicks, X, recall => recall == HighestRecall ? "≥ 0.9995" : recall.ToString(CultureInfo.InvariantCulture));
        plot.Axes.Left.TickGenerator = Ticks(
            Enumerable.Range(-3, 6).SelectMany(power => StepsOfTen.Select(step => step * Math.Pow(10, power))), Math.Log10, time => time.ToString("0.######", CultureInfo.InvariantCulture));
        plot.Axes.Bottom.TickLabelStyle.FontSize = plot.Axes.Left.TickLabelStyle.FontSize = 14;
        plot.Legend.FontSize = 14;
        plot.Legend.Orientation = Orientation.Horizontal;
        plot.Legend.OutlineWidth = 0;
        plot.Legend.ShadowColor = Colors.Transparent;
        plot.ShowLegend(Edge.Top);
        plot.Axes.Left.MinimumSize = LeftSize;
        plot.SavePng(path, Width, Height);
    }

    private static double X(double recall) => -Math.Log10(1 - recall);

    private static double X(Measurement measurement) => X(measurement.Recall);

    private static double Y(Measurement measurement) => Math.Log10(measurement.MedianMs);

    private static NumericManual Ticks(IEnumerable<double> values, Func<double, double> place, Func<double, string> text)
    {
        var ticks = new NumericManual();
        foreach (double value in values)
        {
            ticks.AddMajor(place(value), text(value));
        }

        return ticks;
    }
}
