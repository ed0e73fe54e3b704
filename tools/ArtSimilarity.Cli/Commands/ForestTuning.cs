using System.Globalization;
using ArtSimilarity.Annoy;
using ArtSimilarity.Cli.Figures;
using ArtSimilarity.Cli.Files;
using ArtSimilarity.Cli.Galleries;
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
        if (json)
        {
            throw new UsageException("--json is not written with --index annoy.");
        }

        using OutputFile? figure = figurePath is null ? null : OutputFile.Prepare("--figure", figurePath, force, galleryPath);
        await using OpenGallery gallery = await OpenGallery.ForReadingAsync(console, galleryPath, model, InputLimits.Default with { LoadTimeout = loadTimeout }, cancellationToken);
        FeatureSpace space = await gallery.SpaceAsync(cancellationToken);
        VectorSet vectors = await gallery.Store.ReadSignaturesAsync(space, cancellationToken: cancellationToken);
        TuneCommand.ThrowIfTooFew(galleryPath, vectors.Count, options.QueryCount, options.K);
        AnnoyTuningReport report = await LiveProgress.RunAsync(
            console, "Measuring", progress => Task.Run(() => AnnoyTuner.Measure(vectors, options, progress, cancellationToken), cancellationToken));

        // Before the verdict: the figure shows what would be possible.
        figure?.Write(path => TuningFigure.Write(path, TuningCurves.From(report), options.Quality, budget));
        WriteTable(console, report);
        AnnoyTuningResult asked = report.Results[^1];
        if (asked.Chosen is not AnnoyMeasurement chosen || asked.Confirmed is not AnnoyMeasurement confirmed || confirmed.Quality.Upper < options.Quality)
        {
            throw new CommandFailedException(FormattableString.Invariant(
                $"no settings reach quality {options.Quality} for sure; the best come to {asked.Best[^1].Quality.Value:0.0000}. Nothing is kept. Take more --trees, draw more --queries or ask for less."));
        }

        if (chosen.Milliseconds.Value > budget)
        {
            throw new CommandFailedException(FormattableString.Invariant(
                $"quality {options.Quality} takes {chosen.Milliseconds.Value:0.000} ms, more than the budget of {budget} ms. Nothing is kept."));
        }

        await using var forest = new Gallery(gallery.Store, gallery.Decoder, [], new AnnoyIndexProvider(options.Index));
        await forest.SetTuningAsync(report.Tuning.ToString(), space, cancellationToken);
        console.Error.WriteLine($"Kept with the gallery, for applications with AddAnnoyIndex.{(figure is null ? "" : $" Figure: {figure.FullPath}")}");
        return ExitCode.Done;
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
