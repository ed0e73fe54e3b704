using System.Diagnostics;
using System.Globalization;
using ArtSimilarity.Annoy;
using ArtSimilarity.Cli.Figures;
using ArtSimilarity.Cli.Files;
using ArtSimilarity.Cli.Galleries;
using ArtSimilarity.Cli.Output;
using ArtSimilarity.CommandLine;
using ArtSimilarity.Evaluation;
using ArtSimilarity.Features;
using ArtSimilarity.Galleries;
using ArtSimilarity.Indexing;

namespace ArtSimilarity.Cli.Commands;

/// <summary><c>artsim tune --index annoy</c>: quality and time against the number of trees.</summary>
internal static class ForestTuning
{
    public static async Task<int> RunAsync(
        CliConsole console, string galleryPath, AnnoyTunerOptions options, double? budget, string? figurePath, bool force, string? model, TimeSpan? loadTimeout, bool json, CancellationToken cancellationToken)
    {
        var clock = Stopwatch.StartNew();
        using OutputFile? figure = figurePath is null ? null : OutputFile.Prepare("--figure", figurePath, force, galleryPath);
        await using OpenGallery gallery = await OpenGallery.ForReadingAsync(console, galleryPath, model, InputLimits.Default with { LoadTimeout = loadTimeout }, cancellationToken);
        FeatureSpace space = await gallery.SpaceAsync(cancellationToken);
        await TuneCommand.ThrowIfUntunableAsync(gallery, galleryPath, space, options.QueryCount, options.K, cancellationToken);
        await using var forest = new Gallery(gallery.Store, gallery.Decoder, [], new AnnoyIndexProvider(options.Index));
        AnnoyTuningReport report = await LiveProgress.RunAsync(
            console, "Measuring", progress => forest.TuneAnnoyAsync(space, options, budget, progress, cancellationToken));

        // Before the verdict: the figure shows what would be possible, and so does the table.
        figure?.Write(path => TuningFigure.Write(path, TuningCurves.From(report), options.Quality, budget));
        if (!json)
        {
            WriteTable(console, report);
        }

        ThrowUnlessMet(report, options, budget);
        return ResultWriter.Write(console, json, new CommandResult<TuneDocument>(
            () => new TuneDocument(
                gallery.Model,
                space.Dimensions,
                report.Tuning.Count,
                report.TunedOn,
                report.ConfirmedOn,
                options.K,
                options.Quality,
                budget,
                [.. report.Results.Select(TuneDocument.TunedNeighbors.From)],
                EstimateFigures.From(report.ExactMilliseconds),
                figure?.FullPath,
                JsonDocuments.Seconds(clock.Elapsed),
                "annoy"),
            console => console.Error.WriteLine($"Kept with the gallery, for applications with AddAnnoyIndex.{(figure is null ? "" : $" Figure: {figure.FullPath}")}")));
    }

    /// <exception cref="CommandFailedException">The quality was not reached, or not in time.</exception>
    private static void ThrowUnlessMet(AnnoyTuningReport report, AnnoyTunerOptions options, double? budget)
    {
        AnnoyTuningResult asked = report.Results[^1];
        switch (report.Judge(options.Quality, budget))
        {
            case TuningVerdict.QualityNotReached or TuningVerdict.NotConfirmed:
                throw new CommandFailedException(FormattableString.Invariant(
                    $"no settings reach quality {options.Quality} for sure; the best come to {asked.Best[^1].Quality.Value:0.0000}. Nothing is kept. Take more --trees, draw more --queries or ask for less."));
            case TuningVerdict.OverBudget:
                throw new CommandFailedException(FormattableString.Invariant(
                    $"quality {options.Quality} takes {asked.Chosen!.Value.Milliseconds.Value:0.000} ms, more than the budget of {budget} ms. Nothing is kept."));
            default:
                return;
        }
    }

    private static void WriteTable(CliConsole console, AnnoyTuningReport report)
    {
        console.Output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"A forest over {report.Tuning.Count:N0} works, measured on {report.TunedOn} queries; * the settings chosen, measured on {report.ConfirmedOn} others"));
        ConsoleTable table = console.NewTable("k", "trees", "search_k", "quality", "95 %", "recall@k", "ms");
        foreach (AnnoyTuningResult result in report.Results)
        {
            foreach (AnnoyMeasurement measured in result.Curve)
            {
                table.AddRow([.. Row(measured, "")]);
            }

            if (result.Confirmed is AnnoyMeasurement confirmed)
            {
                table.AddRow([.. Row(confirmed, " *")]);
            }
        }

        console.Write(table);
        console.Output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"The exact index takes {report.ExactMilliseconds.Value:0.000} ms."));
    }

    private static IEnumerable<string> Row(AnnoyMeasurement measured, string mark)
    {
        Estimate quality = measured.Quality;
        yield return measured.K.ToString("N0", CultureInfo.InvariantCulture) + mark;
        yield return (measured.Settings.TreeCount ?? 0).ToString("N0", CultureInfo.InvariantCulture);
        yield return (measured.Settings.SearchK ?? 0).ToString("N0", CultureInfo.InvariantCulture);
        yield return quality.Value.ToString("0.0000", CultureInfo.InvariantCulture);
        yield return string.Create(CultureInfo.InvariantCulture, $"{quality.Lower:0.0000}–{quality.Upper:0.0000}");
        yield return measured.Recall.Value.ToString("0.0000", CultureInfo.InvariantCulture);
        yield return measured.Milliseconds.Value.ToString("0.000", CultureInfo.InvariantCulture);
    }
}
