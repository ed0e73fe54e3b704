using System.Diagnostics;
using System.Globalization;
using ArtSimilarity.Cli.Figures;
using ArtSimilarity.Cli.Files;
using ArtSimilarity.Cli.Galleries;
using ArtSimilarity.Cli.Output;
using ArtSimilarity.CommandLine;
using ArtSimilarity.Evaluation;
using ArtSimilarity.Features;
using ArtSimilarity.Indexing;
using ArtSimilarity.Tuning;

namespace ArtSimilarity.Cli.Tuning;

/// <summary>One run of <c>artsim tune</c>, the same for every index.</summary>
internal static class TuningRun
{
    public static async Task<int> RunAsync<TTuning, TSettings>(
        CliConsole console, TunableIndex<TTuning, TSettings> index, TuneArguments arguments, CancellationToken cancellationToken)
        where TTuning : VectorIndexTuning
        where TSettings : struct
    {
        var clock = Stopwatch.StartNew();
        using OutputFile? figure = arguments.FigurePath is null ? null : OutputFile.Prepare("--figure", arguments.FigurePath, arguments.Force, arguments.GalleryPath);
        await using OpenGallery gallery = await OpenGallery.ForReadingAsync(
            console, arguments.GalleryPath, arguments.Model, InputLimits.Default with { LoadTimeout = arguments.LoadTimeout }, cancellationToken);
        FeatureSpace space = await gallery.SpaceAsync(cancellationToken);
        await ThrowIfUntunableAsync(gallery, arguments.GalleryPath, space, arguments.Queries, arguments.K, cancellationToken);
        TuningReport<TTuning, TSettings> report = await LiveProgress.RunAsync(
            console, "Measuring", progress => index.TuneAsync(gallery, space, arguments, progress, cancellationToken));

        // Before the verdict: the figure shows what would be possible.
        figure?.Write(path => TuningFigure.Write(path, TuningCurves.From(report, index), arguments.Quality, arguments.Budget));

        ThrowUnlessMet(report, index, arguments);
        foreach (SearchMeasurement<TSettings> confirmed in report.Results.Select(result => result.Confirmed).OfType<SearchMeasurement<TSettings>>().Where(confirmed => confirmed.Quality.Value < arguments.Quality))
        {
            console.Warn(FormattableString.Invariant(
                $"for k = {confirmed.K} the quality is {confirmed.Quality.Value:0.0000} on the queries not chosen by, which is {arguments.Quality} within the uncertainty. To be surer, draw more --queries or ask for a little more."));
        }

        return ResultWriter.Write(console, arguments.Json, new CommandResult<TuneDocument>(
            () => new TuneDocument(
                gallery.Model,
                space.Dimensions,
                report.VectorCount,
                report.TunedOn,
                report.ConfirmedOn,
                arguments.K,
                arguments.Quality,
                arguments.Budget,
                [.. report.Results.Select(result => TuneDocument.TunedNeighbors.From(result, index.Describe))],
                EstimateFigures.From(report.ExactMilliseconds),
                figure?.FullPath,
                JsonDocuments.Seconds(clock.Elapsed),
                index.Name),
            console => WriteTable(console, gallery.Model, space, report, index, arguments, figure?.FullPath)));
    }

    /// <exception cref="CommandFailedException">The gallery cannot be written, or has too few works to tune for.</exception>
    private static async Task ThrowIfUntunableAsync(OpenGallery gallery, string path, FeatureSpace space, int queries, int k, CancellationToken cancellationToken)
    {
        if (gallery.Store.ReadOnlyReason is string reason)
        {
            throw new CommandFailedException($"{path} cannot be tuned: what is measured is kept with the gallery, and it cannot be changed, because {reason}. Tune a copy of it that can.");
        }

        int count = (await gallery.Store.GetFeatureSpacesAsync(cancellationToken)).Single(summary => summary.Space == space).Count;
        if (count < OpenGallery.ApproximateFrom)
        {
            throw new CommandFailedException(string.Create(
                CultureInfo.InvariantCulture,
                $"{path} has {count:N0} signatures: below {OpenGallery.ApproximateFrom:N0} every search compares with all of them, exactly, and there is nothing to tune. Index more works first."));
        }

        int others = count - queries;
        if (others < queries)
        {
            throw new CommandFailedException(string.Create(
                CultureInfo.InvariantCulture, $"--queries {queries} would leave too little to search among {count:N0} works: take at most {count / 2}."));
        }

        if (others <= k)
        {
            throw new CommandFailedException(string.Create(
                CultureInfo.InvariantCulture, $"-k {k} asks for more than the {others:N0} works that {queries} queries leave: take fewer neighbours, or --exact searches."));
        }
    }

    /// <exception cref="CommandFailedException">The quality was not reached, or not in time; the message says what would be possible.</exception>
    private static void ThrowUnlessMet<TTuning, TSettings>(TuningReport<TTuning, TSettings> report, TunableIndex<TTuning, TSettings> index, TuneArguments arguments)
        where TTuning : VectorIndexTuning
        where TSettings : struct
    {
        TuningResult<TSettings> result = report.Results[^1];
        switch (report.Judge(arguments.Quality, arguments.Budget))
        {
            case TuningVerdict.QualityNotReached:
                throw NotMet(FormattableString.Invariant(
                    $"no settings reach quality {arguments.Quality} for sure. The best come to {Describe(result.Best[^1])}. Ask for less, draw more --queries, {index.FurtherRemedy}or search with --exact ({Time(report.ExactMilliseconds)})."));
            case TuningVerdict.OverBudget:
                SearchMeasurement<TSettings>[] affordable = [.. result.Best.Where(best => best.Milliseconds.Value <= arguments.Budget)];
                string possible = affordable.Length == 0
                    ? $"The fastest search comes to {Describe(result.Best[0])}."
                    : $"Within it, the best come to {Describe(affordable[^1])}.";
                throw NotMet(FormattableString.Invariant(
                    $"quality {arguments.Quality} takes {Time(result.Chosen!.Value.Milliseconds)}, more than the budget of {arguments.Budget} ms. {possible}"));
            case TuningVerdict.NotConfirmed:
                throw NotMet(FormattableString.Invariant(
                    $"what reaches quality {result.Chosen!.Value.Quality.Value:0.0000} on the queries it was chosen by comes to no more than {result.Confirmed!.Value.Quality.Upper:0.0000} on the others, below {arguments.Quality}. Draw more --queries."));
            default:
                return;
        }

        static CommandFailedException NotMet(string reason) => new($"{reason} Nothing is kept.");
    }

    private static string Describe<TSettings>(SearchMeasurement<TSettings> measured)
        where TSettings : struct =>
        string.Create(CultureInfo.InvariantCulture, $"{measured.Quality.Value:0.0000} ({measured.Quality.Lower:0.0000} for sure) in {Time(measured.Milliseconds)}");

    private static string Time(Estimate milliseconds) => string.Create(CultureInfo.InvariantCulture, $"{milliseconds.Value:0.000} ms");

    private static void WriteTable<TTuning, TSettings>(
        CliConsole console, string model, FeatureSpace space, TuningReport<TTuning, TSettings> report, TunableIndex<TTuning, TSettings> index, TuneArguments arguments, string? figure)
        where TTuning : VectorIndexTuning
        where TSettings : struct
    {
        console.Output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"Quality {arguments.Quality} among {report.VectorCount:N0} works, model {model}, {space.Dimensions} dimensions; chosen on {report.TunedOn} queries, {(index.ListsCurves ? "* " : "")}measured on {report.ConfirmedOn} others"));
        ConsoleTable table = console.NewTable(["k", .. index.Columns.Select(column => column.Header), "quality", "95 %", "recall@k", "95 %", "ms", "95 %"]);
        foreach (TuningResult<TSettings> result in report.Results)
        {
            if (index.ListsCurves)
            {
                foreach (SearchMeasurement<TSettings> measured in result.Curve)
                {
                    table.AddRow(Row(measured, Number(result.K)));
                }
            }

            table.AddRow(result.Confirmed is SearchMeasurement<TSettings> confirmed
                ? Row(confirmed, Number(result.K) + (index.ListsCurves ? " *" : ""))
                : [Number(result.K), .. index.Columns.Select(_ => "all"), "1", "", "1", "", "", ""]);
        }

        table.AddRow(["exact", Number(report.VectorCount), .. index.Columns.Skip(1).Select(_ => ""), "1", "", "1", "", .. Columns(report.ExactMilliseconds, "0.000")]);
        console.Write(table);
        console.Error.WriteLine($"{index.Kept}{(figure is null ? "" : $" Figure: {figure}")}");

        string[] Row(SearchMeasurement<TSettings> measured, string k) =>
        [
            k,
            .. index.Columns.Select(column => Number(column.Value(measured.Settings))),
            .. Columns(measured.Quality, "0.0000"),
            .. Columns(measured.Recall, "0.0000"),
            .. Columns(measured.Milliseconds, "0.000"),
        ];

        static string Number(int value) => value.ToString("N0", CultureInfo.InvariantCulture);
        static string[] Columns(Estimate estimate, string format) =>
        [
            estimate.Value.ToString(format, CultureInfo.InvariantCulture),
            $"{estimate.Lower.ToString(format, CultureInfo.InvariantCulture)}–{estimate.Upper.ToString(format, CultureInfo.InvariantCulture)}",
        ];
    }
}
