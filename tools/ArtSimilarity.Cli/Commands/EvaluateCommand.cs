using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using ArtSimilarity.Catalogues;
using ArtSimilarity.Cli.Catalogue;
using ArtSimilarity.Cli.CommandLine;
using ArtSimilarity.Cli.Galleries;
using ArtSimilarity.Cli.Output;
using ArtSimilarity.CommandLine;
using ArtSimilarity.CommandLine.Figures;
using ArtSimilarity.Evaluation;
using ArtSimilarity.Features;

namespace ArtSimilarity.Cli.Commands;

/// <summary>
/// <c>artsim evaluate</c>: how well neighbours share a label, and whether two pictures of one work find each other; with
/// <c>--classifier</c>, how well a model tells the label.
/// </summary>
internal static class EvaluateCommand
{
    private static readonly int[] PairRanks = [1, 10];
    private static readonly string[] Labels = ["genre", "style", "artist"];

    public static Command Create(CliConsole console)
    {
        Option<string> gallery = CommonOptions.Gallery();
        gallery.Required = false; // not with --classifier
        gallery.Description = "The gallery file whose signatures to judge.";
        var queries = new Option<string?>("--queries")
        {
            Description = "A CSV (column 'id' or 'file') of the works to search for; they are taken out of what is searched. The default: every work searches among all others. With --classifier, the works to classify; the default is all.",
            HelpName = "CSV",
        };
        var by = new Option<string>("--by") { Description = "The label that should agree: genre, style or artist. With --classifier, the label to tell; the default is what the model tells first.", HelpName = "LABEL", DefaultValueFactory = _ => "genre" };
        by.CompletionSources.Add(Labels);
        by.Validators.Add(result =>
        {
            if (result.Tokens.Count == 1 && !Labels.Contains(result.Tokens[0].Value))
            {
                result.AddError($"--by is genre, style or artist, not '{result.Tokens[0].Value}'.");
            }
        });
        var k = new Option<int[]>("-k")
        {
            Description = "How many neighbours to judge, e.g. 10,100,1000.",
            HelpName = "N,N,…",
            DefaultValueFactory = _ => [10, 100, 1000],
            CustomParser = result => ParseRanks(result.Tokens.Select(token => token.Value), result.AddError),
            Arity = ArgumentArity.OneOrMore,
        };
        var pairs = new Option<string?>("--pairs")
        {
            Description = "Also: a CSV (columns id_a, id_b) of works that are one and the same; reports how often one finds the other first (recall@1) or among ten (recall@10), in both directions.",
            HelpName = "CSV",
        };
        var classifier = new Option<bool>("--classifier") { Description = "Judge what a model tells of images instead of a gallery's neighbours: accuracy, top-3 and balanced accuracy, precision, recall and F1 of each label, and the confusion matrix." };
        var images = new Option<string?>("--images") { Description = "With --classifier: the folder of the images. The default is the files that the metadata name.", HelpName = "DIR" };
        var metadata = new Option<string?>("--metadata") { Description = "With --classifier: a CSV of the true labels, as for 'artsim index'.", HelpName = "CSV" };
        Option<bool> flip = CommonOptions.Flip();
        flip.Description = "With --classifier: " + char.ToLowerInvariant(flip.Description![0]) + flip.Description[1..];
        var confusion = new Option<string?>("--confusion") { Description = "With --classifier: draw the confusion matrix to this file, .png or .svg.", HelpName = "FILE" };
        confusion.Validators.Add(result =>
        {
            if (result.Tokens.Count == 1 && !FigureFile.CanWrite(result.Tokens[0].Value))
            {
                result.AddError($"--confusion writes .png and .svg, not '{result.Tokens[0].Value}'.");
            }
        });
        Option<string?> model = CommonOptions.Model($"The model whose signatures to judge: {ModelReference.Help} The default is the gallery's own. With --classifier, the model that tells; the default is the one that comes with artsim.");
        Option<TimeSpan?> loadTimeout = CommonOptions.LoadTimeout();
        Option<bool> force = CommonOptions.Force();
        force.Description = "With --classifier: " + char.ToLowerInvariant(force.Description![0]) + force.Description[1..];
        Option<bool> json = CommonOptions.Json();
        var command = new TeachingCommand("evaluate", "Measures how good a model's neighbours are, by exact search: precision@k (micro: every query counts the same; macro: every class does), mean average precision, and the figures of each class. With --classifier, how well a model tells the label of images.")
        {
            Examples =
            [
                ("Do neighbours share the genre?", "artsim evaluate --gallery my.db -k 10,100"),
                ("With queries of your own choice, by artist", "artsim evaluate --gallery my.db --queries held-out.csv --by artist"),
                ("Does a work find its other photograph?", "artsim evaluate --gallery my.db --pairs same_work_pairs.csv --json"),
                ("How well is the genre told?", "artsim evaluate --classifier --metadata paintings.csv --queries held-out.csv --confusion genres.png"),
            ],
        };
        command.Add(gallery);
        command.Add(queries);
        command.Add(by);
        command.Add(k);
        command.Add(pairs);
        command.Add(classifier);
        command.Add(images);
        command.Add(metadata);
        command.Add(flip);
        command.Add(confusion);
        command.Add(force);
        command.Add(model);
        command.Add(loadTimeout);
        command.Add(json);
        command.AddCheck(result =>
        {
            bool classifies = result.GetValue(classifier);
            Option required = classifies ? (Option)metadata : gallery;
            if (!IsGiven(required))
            {
                result.AddError($"{required.Name} is required{(classifies ? " with --classifier" : ", or --classifier with --metadata")}.");
            }

            foreach (Option other in (Option[])(classifies ? [gallery, k, pairs] : [images, metadata, flip, confusion, force]))
            {
                if (IsGiven(other))
                {
                    result.AddError($"{other.Name} goes {(classifies ? "without" : "with")} --classifier.");
                }
            }

            bool IsGiven(Option option) => result.GetResult(option) is { Implicit: false };
        });
        command.SetAction((parsed, cancellationToken) => parsed.GetValue(classifier)
            ? ClassifierEvaluation.RunAsync(
                console,
                new ClassifierEvaluationOptions(
                    parsed.GetValue(images),
                    parsed.GetRequiredValue(metadata)!,
                    parsed.GetValue(queries),
                    parsed.GetResult(by) is { Implicit: false } ? parsed.GetValue(by) : null,
                    parsed.GetValue(model),
                    parsed.GetValue(loadTimeout),
                    parsed.GetValue(flip),
                    parsed.GetValue(confusion),
                    parsed.GetValue(force),
                    parsed.GetValue(json)),
                cancellationToken)
            : RunAsync(
                console,
                parsed.GetRequiredValue(gallery),
                parsed.GetValue(queries),
                parsed.GetRequiredValue(by),
                parsed.GetRequiredValue(k),
                parsed.GetValue(pairs),
                parsed.GetValue(model),
                parsed.GetValue(loadTimeout),
                parsed.GetValue(json),
                cancellationToken));
        return command;
    }

    private static int[] ParseRanks(IEnumerable<string> tokens, Action<string> addError)
    {
        List<int> ranks = [];
        foreach (string text in tokens.SelectMany(token => token.Split(',')))
        {
            if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int rank) && rank >= 1)
            {
                ranks.Add(rank);
            }
            else
            {
                addError($"-k: '{text}' is not a whole number of at least 1.");
            }
        }

        return [.. ranks.Distinct().Order()];
    }

    private static async Task<int> RunAsync(
        CliConsole console, string galleryPath, string? queriesPath, string by, int[] ks, string? pairsPath, string? model, TimeSpan? loadTimeout, bool json, CancellationToken cancellationToken)
    {
        var clock = Stopwatch.StartNew();
        await using OpenGallery gallery = await OpenGallery.ForReadingAsync(console, galleryPath, model, InputLimits.Default with { LoadTimeout = loadTimeout }, cancellationToken);
        FeatureSpace space = await gallery.SpaceAsync(cancellationToken);
        GalleryEvaluator evaluator = await GalleryEvaluator.LoadAsync(gallery.Store, space, cancellationToken);
        int missing = 0;
        HashSet<string>? queries = queriesPath is null ? null : QueryList.Read(console, queriesPath, evaluator.Works, "the gallery", out missing);
        if (missing > 0)
        {
            console.Warn($"{Counted.Of(missing, "work")} of {queriesPath} {(missing == 1 ? "is" : "are")} not in the gallery and left out.");
        }

        LabelRetrievalReport report = evaluator.EvaluateLabels(by, ks, queries, null, Environment.ProcessorCount, cancellationToken);
        if (report.QueryCount == 0 && pairsPath is null)
        {
            throw new CommandFailedException($"none of the works has a {by}, so there is nothing to judge by.");
        }

        EvaluateDocument.PairFigures? pairs = pairsPath is null ? null : EvaluatePairs(console, pairsPath, evaluator, cancellationToken);
        return ResultWriter.Write(console, json, new CommandResult<EvaluateDocument>(
            () => new EvaluateDocument(
                gallery.Model,
                space.Dimensions,
                by,
                report.QueryCount,
                report.BaseCount,
                missing,
                [.. report.PrecisionAtK.Select(figure => new EvaluateDocument.PrecisionFigure(figure.K, figure.Micro, figure.Macro))],
                report.MeanAveragePrecision,
                report.MacroAveragePrecision,
                [.. report.Labels.Select(label => new EvaluateDocument.ClassFigures(label.Label, label.QueryCount, label.BaseCount, label.PrecisionAtK, label.MeanAveragePrecision))],
                pairs,
                JsonDocuments.Seconds(clock.Elapsed)),
            console =>
            {
                WriteTables(console, gallery.Model, space, by, ks, report, pairs);
            }));
    }

    private static EvaluateDocument.PairFigures EvaluatePairs(CliConsole console, string path, GalleryEvaluator evaluator, CancellationToken cancellationToken)
    {
        var problems = new CsvProblems();
        CsvTable table = CsvTable.Read(path, problems: problems);
        foreach (string column in (string[])["id_a", "id_b"])
        {
            if (!table.Has(column))
            {
                throw new CommandFailedException($"{table.Path}, line 1: there is no column '{column}'.");
            }
        }

        List<(string First, string Second)> pairs = [];
        foreach (CsvRow row in table.Rows)
        {
            string? first = row["id_a"], second = row["id_b"];
            if (first is null || second is null)
            {
                problems.Add(row.Line, $", field '{(first is null ? "id_a" : "id_b")}': there is no id; the row is left out");
            }
            else
            {
                pairs.Add((first, second));
            }
        }

        problems.Report(console, table.Path);
        PairRetrievalReport report = evaluator.EvaluatePairs(pairs, PairRanks, null, cancellationToken);
        return report.Pairs > 0
            ? new EvaluateDocument.PairFigures(report.Pairs, report.Missing, [.. PairRanks.Zip(report.Recall, (k, value) => new EvaluateDocument.RecallFigure(k, value))])
            : throw new CommandFailedException($"{path}: of none of its pairs are both works in the gallery.");
    }

    private static void WriteTables(CliConsole console, string model, FeatureSpace space, string by, int[] ks, LabelRetrievalReport report, EvaluateDocument.PairFigures? pairs)
    {
        console.Output.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{Counted.Of(report.QueryCount, "query", "queries")} among {Counted.Of(report.BaseCount, "work")} by {by}, model {model}, {space.Dimensions} dimensions"));
        ConsoleTable overall = console.NewTable(["measure", .. ks.Select(k => string.Create(CultureInfo.InvariantCulture, $"precision@{k}")), "mAP"]);
        overall.AddRow(["micro (mean over queries)", .. report.PrecisionAtK.Select(figure => Percent(figure.Micro)), Percent(report.MeanAveragePrecision)]);
        overall.AddRow([$"macro (mean over classes)", .. report.PrecisionAtK.Select(figure => Percent(figure.Macro)), Percent(report.MacroAveragePrecision)]);
        console.Write(overall);

        ConsoleTable classes = console.NewTable([by, "queries", "base", .. ks.Select(k => string.Create(CultureInfo.InvariantCulture, $"precision@{k}")), "mAP"]);
        foreach (LabelRetrieval label in report.Labels)
        {
            classes.AddRow(
            [
                label.Label,
                label.QueryCount.ToString("N0", CultureInfo.InvariantCulture),
                label.BaseCount.ToString("N0", CultureInfo.InvariantCulture),
                .. label.PrecisionAtK.Select(Percent),
                Percent(label.MeanAveragePrecision),
            ]);
        }

        console.Write(classes);
        if (pairs is not null)
        {
            string recall = string.Join(", ", pairs.Recall.Select(figure => string.Create(CultureInfo.InvariantCulture, $"recall@{figure.K} {Percent(figure.Recall)}")));
            console.Output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Counted.Of(pairs.Pairs, "pair")} ({pairs.Missing} not in the gallery): {recall}"));
        }
    }

    private static string Percent(double share) => share.ToString("0.0 %", CultureInfo.InvariantCulture);
}
