using System.Globalization;
using ArtSimilarity.CommandLine.Figures;
using ArtSimilarity.Evaluation;
using ScottPlot;
using ScottPlot.TickGenerators;

namespace ArtSimilarity.Cli.Figures;

/// <summary>
/// Quality and time of a search against how much it looks at, one line for each number of neighbours: figure 5 of "A Deep
/// Learning Approach for Painting Retrieval Based on Genre Similarity" (ICIAP 2023 workshops), whose forest had trees to count.
/// </summary>
internal static class TuningFigure
{
    private const int PanelWidth = 640, Height = 500, Margin = 8;

    // Okabe and Ito's colours, told apart by everyone.
    private static readonly Color[] Colors =
        [.. new[] { "#56B4E9", "#009E73", "#E69F00", "#D55E00", "#CC79A7", "#0072B2" }.Select(hex => Color.FromHex(hex))];

    /// <summary>Draws a report.</summary>
    /// <param name="path">The file, <c>.png</c> or <c>.svg</c>; its folder is created.</param>
    /// <param name="report">The measurements.</param>
    /// <param name="demanded">The quality that was asked for.</param>
    /// <param name="budget">The time that was allowed, in milliseconds.</param>
    public static void Write(string path, TuningCurves report, double demanded, double? budget)
    {
        using Plot quality = DrawQuality(report, demanded), time = DrawTime(report, budget);
        FigureFile.Write(path, 2 * PanelWidth, Height, canvas =>
        {
            quality.Render(canvas, new PixelRect(Margin, PanelWidth - Margin, Height - Margin, 0));
            time.Render(canvas, new PixelRect(PanelWidth + Margin, (2 * PanelWidth) - Margin, Height - Margin, 0));
        });
    }

    private static Plot DrawQuality(TuningCurves report, double demanded)
    {
        Plot plot = CreatePlot(report, "Quality", "quality Q");
        AddLines(plot, report, measured => measured.Quality);
        double lowest = Math.Max(report.LowestQuality, report.Lines.SelectMany(line => line.Points).Min(measured => measured.Quality.Value));
        lowest = Math.Min(lowest, demanded) - 0.01;
        plot.Axes.SetLimitsY(lowest, Math.Max(1.005, demanded + ((1 - lowest) * 0.07))); // with room for the words above the level
        AddLevel(plot, demanded, string.Create(CultureInfo.InvariantCulture, $"demanded: {demanded}"));
        Legend legend = plot.ShowLegend(report.LowestQuality == 0 ? Alignment.MiddleLeft : Alignment.LowerRight); // where no line runs
        legend.ShadowColor = ScottPlot.Colors.Transparent;
        legend.OutlineColor = ScottPlot.Colors.Black.WithOpacity(0.3);
        return plot;
    }

    private static Plot DrawTime(TuningCurves report, double? budget)
    {
        Plot plot = CreatePlot(report, "Time on one thread", "milliseconds");
        AddLines(plot, report, measured => Log(measured.Milliseconds));
        double exact = report.ExactMilliseconds.Value;
        double[] times = [.. report.Lines.SelectMany(line => line.Points).Select(measured => measured.Milliseconds.Value), exact, budget ?? exact];
        plot.Axes.Left.TickGenerator = LogTicks(times.Min(), times.Max());
        plot.Axes.SetLimitsY(Math.Log10(times.Min()) - 0.1, Math.Log10(times.Max()) + 0.15);
        AddLevel(plot, Math.Log10(exact), string.Create(CultureInfo.InvariantCulture, $"exact index, k = {report.Lines[^1].K:N0}: {exact:0.00} ms"));
        if (budget is double allowed)
        {
            AddLevel(plot, Math.Log10(allowed), string.Create(CultureInfo.InvariantCulture, $"budget: {allowed} ms"));
        }

        plot.HideLegend(); // that of the quality tells the lines of both
        return plot;
    }

    private static Estimate Log(Estimate estimate) => new(Math.Log10(estimate.Value), Math.Log10(estimate.Lower), Math.Log10(estimate.Upper));

    private static Plot CreatePlot(TuningCurves report, string title, string label)
    {
        Plot plot = FigureFile.NewPlot();
        plot.Title(string.Create(CultureInfo.InvariantCulture, $"{title} among {report.Count:N0} works, with 95 % confidence"), size: 17);
        plot.XLabel(report.EffortLabel);
        plot.YLabel(label);
        int[] candidates = [.. report.Lines.SelectMany(line => line.Points).Select(measured => measured.Effort)];
        plot.Axes.Bottom.TickGenerator = LogTicks(candidates.Min(), candidates.Max());
        plot.Axes.SetLimitsX(Math.Log10(candidates.Min()) - 0.05, Math.Log10(candidates.Max()) + 0.05);
        plot.Grid.MajorLineColor = ScottPlot.Colors.Black.WithOpacity(0.08);
        return plot;
    }

    private static void AddLines(Plot plot, TuningCurves report, Func<TuningCurvePoint, Estimate> figure)
    {
        for (int i = 0; i < report.Lines.Count; i++)
        {
            TuningCurve curve = report.Lines[i];
            Color color = Colors[i % Colors.Length];
            double[] x = [.. curve.Points.Select(measured => Math.Log10(measured.Effort))];
            Estimate[] y = [.. curve.Points.Select(figure)];
            ScottPlot.Plottables.FillY band = plot.Add.FillY(x, [.. y.Select(estimate => estimate.Lower)], [.. y.Select(estimate => estimate.Upper)]);
            band.FillColor = color.WithOpacity(0.2);
            band.LineWidth = 0;
            band.MarkerStyle.IsVisible = false;
            ScottPlot.Plottables.Scatter line = plot.Add.Scatter(x, [.. y.Select(estimate => estimate.Value)], color);
            line.LineWidth = 2;
            line.MarkerSize = 4;
            line.LegendText = curve.Name;
            if (curve.Chosen is TuningCurvePoint chosen)
            {
                ScottPlot.Plottables.Marker ring = plot.Add.Marker(
                    Math.Log10(chosen.Effort), figure(chosen).Value, MarkerShape.OpenCircle, size: 13, color);
                ring.MarkerLineWidth = 2.5f;
                ring.LegendText = i == report.Lines.Count - 1 ? "chosen" : "";
            }
        }
    }

    /// <summary>A dashed line across the plot, with what it is written above its left end.</summary>
    private static void AddLevel(Plot plot, double y, string text)
    {
        Color color = ScottPlot.Colors.Black.WithOpacity(0.7);
        plot.Add.HorizontalLine(y, 1.5f, color, LinePattern.Dashed);
        ScottPlot.Plottables.Text label = plot.Add.Text(text, plot.Axes.Bottom.Min, y);
        label.LabelFontColor = color;
        label.LabelAlignment = Alignment.LowerLeft;
        label.OffsetX = 6;
        label.OffsetY = -2;
    }

    /// <summary>Ticks at 1, 2 and 5 times the powers of ten, for values drawn by their logarithms.</summary>
    private static NumericManual LogTicks(double least, double greatest)
    {
        var ticks = new NumericManual();
        for (int power = (int)Math.Floor(Math.Log10(least)) - 1; power <= Math.Log10(greatest) + 1; power++)
        {
            foreach (int step in (int[])[1, 2, 5])
            {
                double value = step * Math.Pow(10, power);
                ticks.AddMajor(Math.Log10(value), value.ToString(value >= 1 ? "N0" : "0.######", CultureInfo.InvariantCulture));
            }
        }

        return ticks;
    }
}
