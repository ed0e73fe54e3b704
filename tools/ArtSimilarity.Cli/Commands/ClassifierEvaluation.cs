using System.Diagnostics;
using System.Globalization;
using ArtSimilarity.Catalogues;
using ArtSimilarity.Cli.Catalogue;
using ArtSimilarity.Cli.Classification;
using ArtSimilarity.Cli.Files;
using ArtSimilarity.Cli.Galleries;
using ArtSimilarity.Cli.Output;
using ArtSimilarity.CommandLine;
using ArtSimilarity.CommandLine.Figures;
using ArtSimilarity.Evaluation;
using ArtSimilarity.Galleries;
using ArtSimilarity.Onnx;

namespace ArtSimilarity.Cli.Commands;

/// <summary><c>artsim evaluate --classifier</c>: how well a model tells the label of images.</summary>
internal static class ClassifierEvaluation
{
    private const int TopK = 3;

    public static async Task<int> RunAsync(CliConsole console, ClassifierEvaluationOptions options, CancellationToken cancellationToken)
    {
        var clock = Stopwatch.StartNew();
        using OutputFile? figure = options.Confusion is null ? null : OutputFile.Prepare("--confusion", options.Confusion, options.Force, null, options.Metadata, options.Queries, options.Model);
        WorkList list = await WorkList.CollectAsync(
            console, [options.Images ?? options.Metadata], options.Images is null ? null : MetadataCatalogue.Read(options.Metadata), CatalogueFormat.Detected, [], "", cancellationToken);
        list.Report();
        List<PaintingImage> works = [.. list.Works];
        int missing = 0;
        if (options.Queries is not null)
        {
            HashSet<string> keys = QueryList.Read(console, options.Queries, [.. works.Select(work => work.Painting)], options.Images ?? options.Metadata, out missing);
            works = [.. works.Where(work => keys.Contains(work.Painting.Key))];
            if (missing > 0)
            {
                console.Warn($"{Counted.Of(missing, "work")} of {options.Queries} {(missing == 1 ? "has no image here and is" : "have no image here and are")} left out.");
            }
        }

        using OnnxImageClassifier classifier = ModelReference.LoadClassifier(options.Model, options.By, options.Flip, options.LoadTimeout);
        string by = classifier.Target!; // the tool gives no labels, so the model does
        var truth = LabelTruth.Of([.. works.Select(work => work.Painting)], by, classifier.Labels);
        if (truth.Unknown > 0)
        {
            console.Warn($"{Counted.Of(truth.Unknown, "work has", "works have")} a {by} that the model does not know ({Counted.FirstOf([.. truth.UnknownLabels])}), and {(truth.Unknown == 1 ? "is" : "are")} left out.");
        }

        works = [.. works.Where((_, i) => truth.Indices[i] >= 0)];
        if (works.Count == 0)
        {
            throw new CommandFailedException($"none of the works has a {by} that the model knows, so there is nothing to judge by.");
        }

        IReadOnlyList<ClassifiedWork> all = await ClassificationRun.RunAsync(console, classifier, works, Environment.ProcessorCount, InputLimits.Default, cancellationToken);
        List<ClassifiedWork> classified = [.. all.Where(work => work.Probabilities is not null)];
        if (classified.Count == 0)
        {
            throw new CommandFailedException($"none of the {Counted.Of(works.Count, "image")} can be used.");
        }

        ClassificationReport report = ClassificationEvaluator.Evaluate(
            classifier.Labels,
            [.. LabelTruth.Of([.. classified.Select(work => work.Work.Painting)], by, classifier.Labels).Indices],
            [.. classified.SelectMany(work => work.Probabilities!)],
            TopK);
        figure?.Write(path => ConfusionFigure.Write(path, report.Confusion, string.Create(
            CultureInfo.InvariantCulture, $"{report.Count:N0} paintings by {by}: accuracy {report.Accuracy:0.0 %}, balanced {report.BalancedAccuracy:0.0 %}")));

        return ResultWriter.Write(console, options.Json, new CommandResult<EvaluateClassifierDocument>(
            () => new EvaluateClassifierDocument(
                classifier.ModelId,
                classifier.TrainedModel?.Version,
                by,
                options.Flip,
                report.Count,
                missing,
                truth.Unlabelled,
                truth.UnknownLabels,
                [.. all.Where(work => work.Failure is not null).Select(work => new FailedImage(work.Work.Image.Name, work.Failure!))],
                report.Accuracy,
                report.TopKAccuracy,
                report.BalancedAccuracy,
                report.MacroF1,
                [.. report.Labels.Select(label => new EvaluateClassifierDocument.LabelFigures(label.Label, label.Support, label.Predicted, label.Precision, label.Recall, label.F1))],
                [.. Enumerable.Range(0, report.Labels.Count).Select(row => Row(report.Confusion, row))],
                figure?.FullPath,
                JsonDocuments.Seconds(clock.Elapsed)),
            console =>
            {
                WriteTables(console, classifier, by, report, truth.Unlabelled);
                if (figure is not null)
                {
                    console.Error.WriteLine(figure.FullPath);
                }
            }));
    }

    private static int[] Row(ConfusionMatrix confusion, int row) => [.. Enumerable.Range(0, confusion.Labels.Count).Select(column => confusion[row, column])];

    private static void WriteTables(CliConsole console, OnnxImageClassifier classifier, string by, ClassificationReport report, int unlabelled)
    {
        console.Output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{Counted.Of(report.Count, "image")} by {by}{(unlabelled > 0 ? $" ({unlabelled:N0} without one left out)" : "")}, model {classifier.ModelId}{(classifier.TrainedModel is null ? "" : $" ({classifier.TrainedModel.Version})")}"));
        ConsoleTable overall = console.NewTable("accuracy", $"top-{report.TopK} accuracy", "balanced accuracy", "macro F1");
        overall.AddRow(Percent(report.Accuracy), Percent(report.TopKAccuracy), Percent(report.BalancedAccuracy), Percent(report.MacroF1));
        console.Write(overall);

        ConsoleTable labels = console.NewTable(by, "images", "predicted", "precision", "recall", "F1");
        foreach (LabelClassification label in report.Labels)
        {
            labels.AddRow(label.Label, Count(label.Support), Count(label.Predicted), Percent(label.Precision), Percent(label.Recall), Percent(label.F1));
        }

        console.Write(labels);

        // Numbers instead of names over the columns, so that the table fits a terminal.
        console.Output.WriteLine("Confusion: rows are the truth, columns what was predicted.");
        ConsoleTable confusion = console.NewTable(["", by, .. report.Labels.Select((_, column) => Count(column + 1))]);
        for (int row = 0; row < report.Labels.Count; row++)
        {
            confusion.AddRow([Count(row + 1), report.Labels[row].Label, .. Row(report.Confusion, row).Select(Count)]);
        }

        console.Write(confusion);
    }

    private static string Count(int count) => count.ToString("N0", CultureInfo.InvariantCulture);

    private static string Percent(double share) => share.ToString("0.0 %", CultureInfo.InvariantCulture);
}
