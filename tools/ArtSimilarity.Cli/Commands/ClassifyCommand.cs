using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using ArtSimilarity.Catalogues;
using ArtSimilarity.Cli.Catalogue;
using ArtSimilarity.Cli.Classification;
using ArtSimilarity.Cli.CommandLine;
using ArtSimilarity.Cli.Galleries;
using ArtSimilarity.Cli.Output;
using ArtSimilarity.CommandLine;
using ArtSimilarity.Evaluation;
using ArtSimilarity.Galleries;
using ArtSimilarity.Onnx;

namespace ArtSimilarity.Cli.Commands;

/// <summary><c>artsim classify</c>: tells the genre of images, or what else a model was trained to tell.</summary>
internal static class ClassifyCommand
{
    private const int ShownInTable = 3;

    public static Command Create(CliConsole console)
    {
        var paths = new Argument<string[]>("image")
        {
            Description = "Image files, folders (with their subfolders), or CSV lists with a column 'file' (relative to the CSV).",
            Arity = ArgumentArity.OneOrMore,
        };
        Option<string?> model = CommonOptions.Classifier();
        Option<TimeSpan?> loadTimeout = CommonOptions.LoadTimeout();
        Option<string?> target = CommonOptions.Target();
        Option<int> top = CommonOptions.AtLeastOne("--top", $"How many labels to print, the most probable first (default: {ShownInTable}; all with --json).", "N");
        Option<bool> flip = CommonOptions.Flip();
        Option<int> parallelism = CommonOptions.Parallelism();
        parallelism.Description = "How many images to decode and classify at the same time.";
        Option<string[]> exclude = CommonOptions.Exclude();
        Option<long?> maxBytes = CommonOptions.MaxBytes(), maxPixels = CommonOptions.MaxPixels();
        Option<bool> acceptDamaged = CommonOptions.AcceptDamaged();
        Option<bool> json = CommonOptions.Json();
        var command = new TeachingCommand(
            "classify",
            "Tells the genre of images, or what else a model was trained to tell, and how probable it is. An image that cannot be used is reported and the rest goes on; the exit code is 1 only when nothing could be classified.")
        {
            Examples =
            [
                ("The genre of a picture", "artsim classify photo.jpg"),
                ("Of a folder, all probabilities, as JSON", "artsim classify ~/paintings --json"),
                ("By a model of your own, what it tells as second thing", "artsim classify photo.jpg --model my.onnx --target style --top 5"),
            ],
        };
        command.Add(paths);
        command.Add(model);
        command.Add(loadTimeout);
        command.Add(target);
        command.Add(top);
        command.Add(flip);
        command.Add(parallelism);
        command.Add(exclude);
        command.Add(maxBytes);
        command.Add(maxPixels);
        command.Add(acceptDamaged);
        command.Add(json);
        command.SetAction((parsed, cancellationToken) => RunAsync(
            console,
            parsed.GetRequiredValue(paths),
            parsed.GetValue(model),
            parsed.GetValue(target),
            CommonOptions.GivenNumber(parsed, top),
            parsed.GetValue(flip),
            parsed.GetValue(parallelism),
            parsed.GetValue(exclude) ?? [],
            new InputLimits(parsed.GetValue(maxBytes), parsed.GetValue(maxPixels)) { AcceptDamaged = parsed.GetValue(acceptDamaged), LoadTimeout = parsed.GetValue(loadTimeout) },
            parsed.GetValue(json),
            cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(
        CliConsole console, string[] paths, string? model, string? target, int? top, bool flip, int parallelism, string[] exclude, InputLimits limits, bool json, CancellationToken cancellationToken)
    {
        var clock = Stopwatch.StartNew();
        WorkList list = await WorkList.CollectAsync(console, paths, null, CatalogueFormat.Detected, exclude, "", cancellationToken);
        list.Report();
        IReadOnlyList<PaintingImage> works = list.Works;
        if (works.Count == 0)
        {
            throw new CommandFailedException($"there are no images in {string.Join(", ", paths)}.");
        }

        using OnnxImageClassifier classifier = ModelReference.LoadClassifier(model, target, flip, limits.LoadTimeout);
        IReadOnlyList<ClassifiedWork> classified = await ClassificationRun.RunAsync(console, classifier, works, parallelism, limits, cancellationToken);
        int shown = top ?? (json ? classifier.Labels.Count : ShownInTable);
        List<ClassifiedImage> images = [.. classified
            .Where(work => work.Probabilities is not null)
            .Select(work => new ClassifiedImage(work.Work.Image.Name, Ranked(classifier.Labels, work.Probabilities!, shown)))];
        return ResultWriter.Write(console, json, new CommandResult<IReadOnlyList<ClassifiedImage>>(
            () => images,
            console =>
            {
                WriteTable(console, images, Math.Min(shown, classifier.Labels.Count));
                console.Error.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{Counted.Of(images.Count, "image")} classified{(classifier.Target is null ? "" : " by " + classifier.Target)}, {classified.Count - images.Count:N0} failed, in {clock.Elapsed.TotalSeconds:0.0} s. Model {classifier.ModelId}."));
            })
        {
            ExitCode = images.Count > 0 ? ExitCode.Done : ExitCode.Failed,
        });
    }

    /// <summary>The most probable labels; of equally probable ones, the model's first comes first.</summary>
    private static Dictionary<string, double> Ranked(IReadOnlyList<string> labels, float[] probabilities, int count) =>
        Enumerable.Range(0, labels.Count).OrderByDescending(i => probabilities[i]).Take(count).ToDictionary(i => labels[i], i => Math.Round(probabilities[i], 6));

    private static void WriteTable(CliConsole console, List<ClassifiedImage> images, int shown)
    {
        ConsoleTable table = console.NewTable(["file", .. Enumerable.Range(1, shown).Select(place => place == 1 ? "most probable" : $"{place}.")]);
        foreach (ClassifiedImage image in images)
        {
            string[] cells = [image.File, .. image.Probabilities.Select(label => string.Create(CultureInfo.InvariantCulture, $"{label.Key} {label.Value:0.0 %}"))];
            table.AddRow(cells);
        }

        console.Write(table);
    }
}
