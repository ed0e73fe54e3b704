using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using ArtSimilarity.Annoy;
using ArtSimilarity.Cli.CommandLine;
using ArtSimilarity.Cli.Figures;
using ArtSimilarity.Cli.Files;
using ArtSimilarity.Cli.Galleries;
using ArtSimilarity.Cli.Output;
using ArtSimilarity.CommandLine;
using ArtSimilarity.CommandLine.Figures;
using ArtSimilarity.Evaluation;
using ArtSimilarity.FastScan;
using ArtSimilarity.Features;
using ArtSimilarity.Indexing;

namespace ArtSimilarity.Cli.Commands;

/// <summary><c>artsim tune</c>: finds out how little a search may look at and still reach a quality.</summary>
internal static class TuneCommand
{
    public static Command Create(CliConsole console)
    {
        Option<string> gallery = CommonOptions.Gallery();
        Option<int> k = CommonOptions.AtLeastOne("-k", "How many neighbours searches will ask for; smaller numbers are measured too.", "N");
        k.DefaultValueFactory = _ => 250;
        Option<double?> quality = CommonOptions.Quality(
            "The quality to reach: the mean, over the neighbours found, of their place divided by their true rank. 1 would be exact.", mayBeExact: false);
        quality.DefaultValueFactory = _ => 0.95;
        Option<double?> budget = CommonOptions.Positive("--budget-ms", "How long a search may take, in milliseconds on one thread; it is an error if the quality takes longer.", "MS");
        Option<int> queries = CommonOptions.AtLeastOne(
            "--queries", $"How many works to search for, at least {FastScanTunerOptions.MinQueryCount}. They are taken out of what is searched; settings are chosen by one half and confirmed on the other.", "N");
        queries.DefaultValueFactory = _ => 300;
        queries.Validators.Add(result =>
        {
            if (result.Tokens.Count == 1 && int.TryParse(result.Tokens[0].Value, CultureInfo.InvariantCulture, out int value) && value is >= 1 and < FastScanTunerOptions.MinQueryCount)
            {
                result.AddError($"--queries must be at least {FastScanTunerOptions.MinQueryCount}, not {value.ToString(CultureInfo.InvariantCulture)}.");
            }
        });
        var seed = new Option<long>("--seed") { Description = "Decides which works are drawn.", HelpName = "N", DefaultValueFactory = _ => 0 };
        var figure = new Option<string?>("--figure") { Description = "Draw quality and time against the candidates searched, to this file: .png or .svg.", HelpName = "FILE" };
        figure.Validators.Add(result =>
        {
            if (result.Tokens.Count == 1 && !FigureFile.CanWrite(result.Tokens[0].Value))
            {
                result.AddError($"--figure writes .png and .svg, not '{result.Tokens[0].Value}'.");
            }
        });
        Option<string?> model = CommonOptions.Model($"The model whose signatures to tune for: {ModelReference.Help} The default is the gallery's own.");
        Option<TimeSpan?> loadTimeout = CommonOptions.LoadTimeout();
        var index = new Option<string>("--index") { Description = "What to tune: the usual index, or the forest of spotify/annoy, whose figure counts trees (the paper's figure 5).", HelpName = "fastscan|annoy", DefaultValueFactory = _ => "fastscan" };
        index.AcceptOnlyFromAmong("fastscan", "annoy");
        Option<int> trees = CommonOptions.AtLeastOne("--trees", "The most trees to measure, with --index annoy.", "N");
        trees.DefaultValueFactory = _ => 100;
        Option<bool> force = CommonOptions.Force();
        Option<bool> json = CommonOptions.Json();

        var command = new TeachingCommand(
            "tune",
            "Measures how quality and time of a search depend on how much it looks at, and keeps with the gallery what it takes: 'artsim search --quality' goes by it. Let the machine have nothing else to do. The exit code is 1, and nothing is kept, when the quality is not reached or takes longer than the budget.")
        {
            Examples =
            [
                ("For 250 neighbours at quality 0.95", "artsim tune --gallery my.db"),
                ("For ten, nearly exact, in half a millisecond", "artsim tune --gallery my.db -k 10 --quality 0.99 --budget-ms 0.5"),
                ("With a figure", "artsim tune --gallery my.db --figure tune.png"),
                ("The paper's figure 5: a forest, quality and time against its trees", "artsim tune --gallery my.db --index annoy --figure trees.png"),
                ("Then search by it", "artsim search photo.jpg --gallery my.db -k 250 --quality 0.95"),
            ],
        };
        command.Add(gallery);
        command.Add(k);
        command.Add(quality);
        command.Add(budget);
        command.Add(queries);
        command.Add(seed);
        command.Add(index);
        command.Add(trees);
        command.Add(figure);
        command.Add(force);
        command.Add(model);
        command.Add(loadTimeout);
        command.Add(json);
        command.SetAction((parsed, cancellationToken) => parsed.GetValue(index) == "annoy" ? ForestTuning.RunAsync(
            console,
            parsed.GetRequiredValue(gallery),
            new AnnoyTunerOptions
            {
                K = parsed.GetValue(k),
                Quality = parsed.GetValue(quality)!.Value,
                QueryCount = parsed.GetValue(queries),
                Seed = parsed.GetValue(seed),
                Index = new AnnoyIndexOptions { TreeCount = parsed.GetValue(trees) },
            },
            parsed.GetValue(budget),
            parsed.GetValue(figure),
            parsed.GetValue(force),
            parsed.GetValue(model),
            parsed.GetValue(loadTimeout),
            parsed.GetValue(json),
            cancellationToken) : RunAsync(
            console,
            parsed.GetRequiredValue(gallery),
            new FastScanTunerOptions
            {
                K = parsed.GetValue(k),
                Quality = parsed.GetValue(quality)!.Value,
                QueryCount = parsed.GetValue(queries),
                Seed = parsed.GetValue(seed),
            },
            parsed.GetValue(budget),
            parsed.GetValue(figure),
            parsed.GetValue(force),
            parsed.GetValue(model),
            parsed.GetValue(loadTimeout),
            parsed.GetValue(json),
            cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(
        CliConsole console, string galleryPath, FastScanTunerOptions options, double? budget, string? figurePath, bool force, string? model, TimeSpan? loadTimeout, bool json, CancellationToken cancellationToken)
    {
        var clock = Stopwatch.StartNew();
        using OutputFile? figure = figurePath is null ? null : OutputFile.Prepare("--figure", figurePath, force, galleryPath);
        await using OpenGallery gallery = await OpenGallery.ForReadingAsync(console, galleryPath, model, InputLimits.Default with { LoadTimeout = loadTimeout }, cancellationToken);
        FeatureSpace space = await gallery.SpaceAsync(cancellationToken);
        await ThrowIfUntunableAsync(gallery, galleryPath, space, options.QueryCount, options.K, cancellationToken);
        FastScanTuningReport report = await LiveProgress.RunAsync(
            console, "Measuring", progress => gallery.Gallery.TuneFastScanAsync(space, options, budget, progress, cancellationToken));

        // Before the verdict: the figure shows what would be possible.
        figure?.Write(path => TuningFigure.Write(path, TuningCurves.From(report), options.Quality, budget));

        ThrowUnlessMet(report, options, budget);
        foreach (FastScanMeasurement confirmed in report.Results.Select(result => result.Confirmed).OfType<FastScanMeasurement>().Where(confirmed => confirmed.Quality.Value < options.Quality))
        {
            console.Warn(FormattableString.Invariant(
                $"for k = {confirmed.K} the quality is {confirmed.Quality.Value:0.0000} on the queries not chosen by, which is {options.Quality} within the uncertainty. To be surer, draw more --queries or ask for a little more."));
        }

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
                "fastscan"),
            console =>
            {
                WriteTable(console, gallery.Model, space, report, options, figure?.FullPath);
            }));
    }

    /// <exception cref="CommandFailedException">The gallery cannot be written, or has too few works to tune for.</exception>
    internal static async Task ThrowIfUntunableAsync(OpenGallery gallery, string path, FeatureSpace space, int queries, int k, CancellationToken cancellationToken)
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
    private static void ThrowUnlessMet(FastScanTuningReport report, FastScanTunerOptions options, double? budget)
    {
        FastScanTuningResult result = report.Results[^1];
        switch (report.Judge(options.Quality, budget))
        {
            case TuningVerdict.QualityNotReached:
                throw NotMet(FormattableString.Invariant(
                    $"no settings reach quality {options.Quality} for sure. The best come to {Describe(result.Best[^1])}. Ask for less, draw more --queries, or search with --exact ({Time(report.ExactMilliseconds)})."));
            case TuningVerdict.OverBudget:
                FastScanMeasurement[] affordable = [.. result.Best.Where(best => best.Milliseconds.Value <= budget)];
                string possible = affordable.Length == 0
                    ? $"The fastest search comes to {Describe(result.Best[0])}."
                    : $"Within it, the best come to {Describe(affordable[^1])}.";
                throw NotMet(FormattableString.Invariant($"quality {options.Quality} takes {Time(result.Chosen!.Value.Milliseconds)}, more than the budget of {budget} ms. {possible}"));
            case TuningVerdict.NotConfirmed:
                throw NotMet(FormattableString.Invariant(
                    $"what reaches quality {result.Chosen!.Value.Quality.Value:0.0000} on the queries it was chosen by comes to no more than {result.Confirmed!.Value.Quality.Upper:0.0000} on the others, below {options.Quality}. Draw more --queries."));
            default:
                return;
        }

        static CommandFailedException NotMet(string reason) => new($"{reason} Nothing is kept.");
    }

    private static string Describe(FastScanMeasurement measured) => string.Create(
        CultureInfo.InvariantCulture,
        $"{measured.Quality.Value:0.0000} ({measured.Quality.Lower:0.0000} for sure) in {Time(measured.Milliseconds)}");

    private static string Time(Estimate milliseconds) => string.Create(CultureInfo.InvariantCulture, $"{milliseconds.Value:0.000} ms");

    private static void WriteTable(CliConsole console, string model, FeatureSpace space, FastScanTuningReport report, FastScanTunerOptions options, string? figure)
    {
        console.Output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"Quality {options.Quality} among {report.Tuning.Count:N0} works, model {model}, {space.Dimensions} dimensions; chosen on {report.TunedOn} queries, measured on {report.ConfirmedOn} others"));
        ConsoleTable table = console.NewTable("k", "search candidates", "rescored", "quality", "95 %", "recall@k", "95 %", "ms", "95 %");
        foreach (FastScanTuningResult result in report.Results)
        {
            table.AddRow(result.Confirmed is FastScanMeasurement confirmed
                ?
                [
                    Number(result.K),
                    Number(confirmed.Settings.SearchCandidates),
                    Number(confirmed.Settings.RescoredCandidates),
                    .. Columns(confirmed.Quality, "0.0000"),
                    .. Columns(confirmed.Recall, "0.0000"),
                    .. Columns(confirmed.Milliseconds, "0.000"),
                ]
                : [Number(result.K), "all", "all", "1", "", "1", "", "", ""]);
        }

        table.AddRow(["exact", Number(report.Tuning.Count), "", "1", "", "1", "", .. Columns(report.ExactMilliseconds, "0.000")]);
        console.Write(table);
        console.Error.WriteLine($"Kept with the gallery: 'artsim search --quality' goes by it.{(figure is null ? "" : $" Figure: {figure}")}");

        static string Number(int value) => value.ToString("N0", CultureInfo.InvariantCulture);
        static string[] Columns(Estimate estimate, string format) =>
        [
            estimate.Value.ToString(format, CultureInfo.InvariantCulture),
            $"{estimate.Lower.ToString(format, CultureInfo.InvariantCulture)}–{estimate.Upper.ToString(format, CultureInfo.InvariantCulture)}",
        ];
    }
}
