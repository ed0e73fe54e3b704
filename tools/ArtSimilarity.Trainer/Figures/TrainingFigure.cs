using ArtSimilarity.CommandLine.Figures;
using ArtSimilarity.Training;
using ScottPlot;

namespace ArtSimilarity.Trainer.Figures;

/// <summary>A run's course: the loss, and what the held-out pictures gave, epoch by epoch; a line stands where a phase begins.</summary>
internal static class TrainingFigure
{
    private const int PanelWidth = 640, Height = 460;

    /// <param name="path">The file, <c>.png</c> or <c>.svg</c>.</param>
    /// <param name="epochs">All epochs, in order.</param>
    /// <param name="title">What was trained.</param>
    public static void Write(string path, IReadOnlyList<EpochReport> epochs, string title)
    {
        using Plot loss = FigureFile.NewPlot(), shares = FigureFile.NewPlot();
        double[] numbers = [.. epochs.Select((_, i) => i + 1.0)];
        Line(loss, numbers, [.. epochs.Select(epoch => epoch.Loss)], "training loss", "#0072B2");
        loss.Title(title, size: 15);
        loss.YLabel("loss (with its smoothing and mixing)");

        (double Number, HeldOutFigures Figures)[] measured = [.. epochs.Index().Where(epoch => epoch.Item.HeldOut is not null).Select(epoch => (epoch.Index + 1.0, epoch.Item.HeldOut!))];
        double[] at = [.. measured.Select(point => point.Number)];
        Line(shares, at, [.. measured.Select(point => 100 * point.Figures.Top3)], "top-3", "#009E73");
        Line(shares, at, [.. measured.Select(point => 100 * point.Figures.Accuracy)], "accuracy", "#E69F00");
        Line(shares, at, [.. measured.Select(point => 100 * point.Figures.BalancedAccuracy)], "balanced accuracy", "#D55E00");
        shares.Title("held-out pictures", size: 15);
        shares.YLabel("%");
        if (measured.Length > 0)
        {
            // With room for the legend below the lines.
            double[] all = [.. measured.SelectMany(point => new[] { point.Figures.Top3, point.Figures.Accuracy, point.Figures.BalancedAccuracy }).Select(share => 100 * share)];
            double range = Math.Max(1, all.Max() - all.Min());
            shares.Axes.SetLimitsY(all.Min() - (0.35 * range), all.Max() + (0.05 * range));
        }

        foreach (Plot plot in (Plot[])[loss, shares])
        {
            plot.XLabel("epoch");
            plot.Legend.Alignment = plot == loss ? Alignment.UpperRight : Alignment.LowerRight;
            plot.ShowLegend();
            for (int i = 1; i < epochs.Count; i++)
            {
                if (epochs[i].Phase != epochs[i - 1].Phase)
                {
                    plot.Add.VerticalLine(i + 0.5, 1, Color.FromHex("#999999"), LinePattern.Dashed);
                }
            }
        }

        FigureFile.Write(path, 2 * PanelWidth, Height, canvas =>
        {
            loss.Render(canvas, new PixelRect(0, PanelWidth, Height, 0));
            shares.Render(canvas, new PixelRect(PanelWidth, 2 * PanelWidth, Height, 0));
        });
    }

    private static void Line(Plot plot, double[] x, double[] y, string name, string color)
    {
        ScottPlot.Plottables.Scatter line = plot.Add.Scatter(x, y, Color.FromHex(color));
        line.LegendText = name;
        line.LineWidth = 2;
        line.MarkerSize = 5;
    }
}
