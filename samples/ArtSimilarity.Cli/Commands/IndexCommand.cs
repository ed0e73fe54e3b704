using System.CommandLine;
using System.Globalization;
using ArtSimilarity.Cli.Catalogue;
using ArtSimilarity.Cli.CommandLine;
using ArtSimilarity.Cli.Galleries;
using ArtSimilarity.Cli.Output;
using ArtSimilarity.Galleries;

namespace ArtSimilarity.Cli.Commands;

/// <summary><c>artsim index</c>: adds images to a gallery.</summary>
internal static class IndexCommand
{
    public static Command Create(CliConsole console)
    {
        var paths = new Argument<string[]>("path")
        {
            Description = "Folders (with their subfolders), image files, or CSV lists with a column 'file' (relative to the CSV).",
            Arity = ArgumentArity.OneOrMore,
        };
        Option<string> gallery = CommonOptions.Gallery();
        gallery.Description = "The gallery file; created when there is none.";
        var metadata = new Option<string?>("--metadata")
        {
            Description = "A CSV that describes the images, matched by its column 'file' or 'id'. Columns: id, file, title, artist, genre, style, year; any other becomes a tag.",
            HelpName = "CSV",
        };
        Option<string?> model = CommonOptions.Model($"The model: {ModelReference.Help} The default is the gallery's own, and for a new gallery {ModelReference.Default}.");
        Option<int> limit = CommonOptions.AtLeastOne("--limit", "Index only the first N images.", "N");
        limit.DefaultValueFactory = _ => int.MaxValue;
        limit.Description = "Index only the first N images (default: all).";
        Option<int> parallelism = CommonOptions.Parallelism();
        Option<bool> json = CommonOptions.Json();

        var command = new TeachingCommand(
            "index",
            "Adds images to a gallery. What is in it already, with the same image, is skipped: an interrupted run continues where it stopped. An image that cannot be used is reported and the rest goes on; the exit code is 1 only when nothing could be indexed.")
        {
            Examples =
            [
                ("Index a folder", "artsim index ~/paintings --gallery my.db"),
                ("With titles, artists and genres", "artsim index ~/paintings --gallery my.db --metadata ~/paintings/paintings.csv"),
                ("With another model, beside what is there", "artsim index ~/paintings --gallery my.db --model resnet50-v2-7"),
                ("Only what a list names, as JSON", "artsim index selection.csv --gallery my.db --json"),
            ],
        };
        command.Add(paths);
        command.Add(gallery);
        command.Add(metadata);
        command.Add(model);
        command.Add(limit);
        command.Add(parallelism);
        command.Add(json);
        command.SetAction((parsed, cancellationToken) => RunAsync(
            console,
            parsed.GetRequiredValue(paths),
            parsed.GetRequiredValue(gallery),
            parsed.GetValue(metadata),
            parsed.GetValue(model),
            parsed.GetValue(limit),
            parsed.GetValue(parallelism),
            parsed.GetValue(json),
            cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(
        CliConsole console, string[] paths, string galleryPath, string? metadata, string? model, int limit, int parallelism, bool json, CancellationToken cancellationToken)
    {
        MetadataCatalogue? catalogue = metadata is null ? null : MetadataCatalogue.Read(metadata);
        List<PaintingImage> works = WorkList.Collect(paths, catalogue);
        if (works.Count == 0)
        {
            throw new CommandFailedException($"there are no images in {string.Join(", ", paths)}.");
        }

        works = [.. works.Take(limit)];
        await using OpenGallery gallery = await OpenGallery.ForWritingAsync(galleryPath, model, parallelism, cancellationToken);
        AddReport report = await IndexingRun.RunAsync(console, gallery, works, cancellationToken);
        if (json)
        {
            JsonDocuments.Write(console, new IndexDocument(
                report.Added, report.Skipped, IndexingRun.Failures(report), gallery.Model, gallery.LoadedSpace.Dimensions, JsonDocuments.Seconds(report.Elapsed)));
        }
        else
        {
            IndexingRun.ReportFailures(console, report);
            console.Output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"Indexed {report.Added:N0}, skipped {report.Skipped:N0} that were there, {report.Failures.Count:N0} failed, in {report.Elapsed.TotalSeconds:0.0} s. Model {gallery.Model}, {gallery.LoadedSpace.Dimensions} dimensions."));
        }

        return report.Added + report.Skipped > 0 ? ExitCode.Done : ExitCode.Failed;
    }
}
