using System.Globalization;
using ArtSimilarity.Evaluation;
using ScottPlot;
using ScottPlot.TickGenerators;

namespace ArtSimilarity.CommandLine.Figures;

/// <summary>
/// A confusion matrix as a heat map, a row for each true label and a column for each predicted one: figure 3 of "A Deep Learning
/// Approach for Painting Retrieval Based on Genre Similarity" (ICIAP 2023 workshops). Depends on nothing but ScottPlot, the core
/// and <see cref="FigureFile"/>, so that other samples can link it.
/// </summary>
public static class ConfusionFigure
{
    private const int Cell = 62, TopMargin = 60, RightMargin = 110, LabelMargin = 60;

    /// <summary>Fewer labels have larger cells, so that the title fits.</summary>
    private const int FewestCells = 6;

    /// <summary>About as wide as a letter of a tick is, in pixels.</summary>
    private const double Letter = 7.5;

    /// <summary>Draws a matrix. A cell's colour and large number are its share of the row, in percent; the small number is its count.</summary>
    /// <param name="path">The file, <c>.png</c> or <c>.svg</c>; its folder is created.</param>
    /// <param name="confusion">The matrix.</param>
    /// <param name="title">What was classified, and how well.</param>
    public static void Write(string path, ConfusionMatrix confusion, string title)
    {
        int side = Math.Max(FewestCells, confusion.Labels.Count) * Cell;
        double longest = Letter * confusion.Labels.Max(label => label.Length);
        int left = LabelMargin + (int)(longest + (8 * Letter)), bottom = LabelMargin + (int)(longest * Math.Sqrt(0.5)); // names with their count; names at 45°
        (int width, int height) = (left + side + RightMargin, TopMargin + side + bottom);
        using Plot plot = Draw(confusion, title);
        plot.Layout.Fixed(new PixelPadding(left, RightMargin, bottom, TopMargin));
        plot.Axes.Bottom.Label.OffsetY = bottom - LabelMargin;
        FigureFile.Write(path, width, height, canvas => plot.Render(canvas, new PixelRect(0, width, height, 0)));
    }

    private static Plot Draw(ConfusionMatrix confusion, string title)
    {
        int count = confusion.Labels.Count;
        double[,] shares = new double[count, count];
        for (int row = 0; row < count; row++)
        {
            int support = confusion.Support(row);
            for (int column = 0; column < count; column++)
            {
                // A label that does not occur has no shares; its row stays empty.
                shares[row, column] = support == 0 ? double.NaN : 100.0 * confusion[row, column] / support;
            }
        }

        Plot plot = FigureFile.NewPlot();
        plot.Title(title, size: 16);
        plot.XLabel("predicted");
        plot.YLabel("true");
        ScottPlot.Plottables.Heatmap map = plot.Add.Heatmap(shares);
        map.Colormap = new ScottPlot.Colormaps.Blues().Reversed();
        map.ManualRange = new ScottPlot.Range(0, 100);
        map.NaNCellColor = Colors.White;
        ScottPlot.Panels.ColorBar bar = plot.Add.ColorBar(map);
        bar.Label = "share of the true label, in percent";

        for (int row = 0; row < count; row++)
        {
            for (int column = 0; column < count; column++)
            {
                if (confusion[row, column] > 0)
                {
                    AddNumbers(plot, column, count - 1 - row, shares[row, column], confusion[row, column]);
                }
            }
        }

        string[] names = [.. confusion.Labels.Select(label => label.Replace('_', ' '))];
        var bottom = new NumericManual();
        var left = new NumericManual();
        for (int i = 0; i < count; i++)
        {
            bottom.AddMajor(i, names[i]);
            left.AddMajor(count - 1 - i, string.Create(CultureInfo.InvariantCulture, $"{names[i]} ({confusion.Support(i):N0})"));
        }

        plot.Axes.Bottom.TickGenerator = bottom;
        plot.Axes.Bottom.TickLabelStyle.Rotation = -45;
        plot.Axes.Bottom.TickLabelStyle.Alignment = Alignment.MiddleRight;
        plot.Axes.Left.TickGenerator = left;
        plot.Axes.SetLimits(-0.5, count - 0.5, -0.5, count - 0.5);
        plot.HideGrid();
        return plot;
    }

    private static void AddNumbers(Plot plot, int x, int y, double share, int count)
    {
        Color color = share > 50 ? Colors.White : Colors.Black;
        ScottPlot.Plottables.Text large = plot.Add.Text(share.ToString("0", CultureInfo.InvariantCulture), x, y);
        large.LabelFontColor = color;
        large.LabelFontSize = 16;
        large.LabelAlignment = Alignment.LowerCenter;
        large.OffsetY = 5;
        ScottPlot.Plottables.Text small = plot.Add.Text(count.ToString("N0", CultureInfo.InvariantCulture), x, y);
        small.LabelFontColor = color.WithOpacity(0.75);
        small.LabelFontSize = 11;
        small.LabelAlignment = Alignment.UpperCenter;
        small.OffsetY = 5;
    }
}
