using System.CommandLine;
using System.Globalization;
using ArtSimilarity.Catalogues;
using ArtSimilarity.Cli.Catalogue;
using ArtSimilarity.Cli.CommandLine;
using ArtSimilarity.Cli.Galleries;
using ArtSimilarity.Cli.Output;
using ArtSimilarity.CommandLine;
using ArtSimilarity.Files;
using ArtSimilarity.Galleries;
using ArtSimilarity.Sqlite;

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
            Description = "A CSV that describes the images, matched by its column 'file' or 'id'. Columns: id, file, title, artist, genre, style, year; any other becomes a field of that name. Other names of columns are known too, or said with --map.",
            HelpName = "CSV",
        };
        Option<string?> model = CommonOptions.Model($"The model: {ModelReference.Help} The default is the gallery's own, and for a new gallery {ModelReference.Default}.");
        var grey = new Option<bool>("--grey") { Description = "Take the colours out of the pictures first, for black-and-white reproductions and 'search --grey'. The signatures lie beside those of colours." };
        Option<TimeSpan?> loadTimeout = CommonOptions.LoadTimeout();
        Option<int> limit = CommonOptions.AtLeastOne("--limit", "Index only the first N images.", "N");
        limit.Description = "Index only the first N images (default: all).";
        Option<string?> delimiter = CommonOptions.Delimiter(), encoding = CommonOptions.Encoding();
        Option<string[]> map = CommonOptions.Map(), exclude = CommonOptions.Exclude();
        var prune = new Option<bool>("--prune") { Description = "Then remove the works whose files are gone from the folders given. What lies elsewhere stays." };
        var prefix = new Option<string?>("--prefix") { Description = "Begin the keys that are made from paths with this, e.g. prado/. Keys of a catalogue stay as they are, and so do those of works that are there.", HelpName = "TEXT" };
        var replaceImages = new Option<bool>("--replace-images") { Description = "Let a picture take the place of another one, from another file, that has its key. Without this it is refused." };
        var replaceCatalogue = new Option<bool>("--replace-catalogue") { Description = "Erase what the gallery knows of these works and is not given now. Without this it is kept." };
        Option<long?> maxBytes = CommonOptions.MaxBytes(), maxPixels = CommonOptions.MaxPixels();
        Option<bool> acceptDamaged = CommonOptions.AcceptDamaged();
        var regions = new Option<bool>("--regions") { Description = "Also index 66 regions of each picture, so that 'search --in-regions' and 'identify' find details. Takes as many times the room and time." };
        var pooledRegions = new Option<bool>("--pooled-regions") { Description = "As --regions, from feature maps: in less than a third of the time, and less exact." };
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
                ("Without colours too, for black-and-white reproductions", "artsim index ~/paintings --gallery my.db --grey"),
                ("With a museum's catalogue, whose columns have other names", "artsim index ~/paintings --gallery my.db --metadata objects.csv --map file=Image --map artist=Maker"),
                ("What changed since: new files are added, works of deleted ones removed", "artsim index ~/paintings --gallery my.db --prune --exclude thumbs"),
                ("Only what a list names, as JSON", "artsim index selection.csv --gallery my.db --json"),
            ],
        };
        command.Add(paths);
        command.Add(gallery);
        command.Add(metadata);
        command.Add(delimiter);
        command.Add(encoding);
        command.Add(map);
        command.Add(model);
        command.Add(grey);
        command.Add(loadTimeout);
        command.Add(limit);
        command.Add(exclude);
        command.Add(prune);
        command.Add(prefix);
        command.Add(replaceImages);
        command.Add(replaceCatalogue);
        command.Add(maxBytes);
        command.Add(maxPixels);
        command.Add(acceptDamaged);
        command.Add(regions);
        command.Add(pooledRegions);
        command.AddCheck(result =>
        {
            if (result.GetValue(regions) && result.GetValue(pooledRegions))
            {
                result.AddError("--regions and --pooled-regions exclude each other.");
            }
        });
        command.Add(parallelism);
        command.Add(json);
        command.SetAction((parsed, cancellationToken) => RunAsync(
            console,
            new IndexOptions(
                parsed.GetRequiredValue(paths),
                parsed.GetRequiredValue(gallery),
                parsed.GetValue(metadata),
                CatalogueOptions.Parse(parsed.GetValue(delimiter), parsed.GetValue(encoding), parsed.GetValue(map) ?? []),
                parsed.GetValue(model),
                parsed.GetValue(grey),
                CommonOptions.GivenNumber(parsed, limit),
                parsed.GetValue(exclude) ?? [],
                parsed.GetValue(prune),
                parsed.GetValue(prefix) ?? "",
                new AddOptions
                {
                    ReplaceImages = parsed.GetValue(replaceImages),
                    Catalogue = parsed.GetValue(replaceCatalogue) ? CatalogueUpdate.Replace : CatalogueUpdate.Merge,
                    Regions = parsed.GetValue(regions) ? RegionLayout.Default : parsed.GetValue(pooledRegions) ? RegionLayout.Pooled : null,
                },
                new InputLimits(parsed.GetValue(maxBytes), parsed.GetValue(maxPixels)) { AcceptDamaged = parsed.GetValue(acceptDamaged), LoadTimeout = parsed.GetValue(loadTimeout) },
                parsed.GetValue(parallelism),
                parsed.GetValue(json)),
            cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(CliConsole console, IndexOptions options, CancellationToken cancellationToken)
    {
        MetadataCatalogue? catalogue = options.Metadata is null ? null : MetadataCatalogue.Read(options.Metadata, options.Format);
        WorkList list = await WorkList.CollectAsync(console, options.Paths, catalogue, options.Format, options.Exclude, options.Prefix, cancellationToken);
        list.Report();
        if (options.Prune && list.Folders.Count == 0)
        {
            throw new UsageException("--prune removes works whose files are gone from a folder: give the folder, not a list or a file.");
        }

        if (list.Works.Count == 0)
        {
            throw new CommandFailedException($"there are no images in {string.Join(", ", options.Paths)}.");
        }

        List<PaintingImage> works = [.. list.Works.Take(options.Limit ?? int.MaxValue)];
        await using OpenGallery gallery = await OpenGallery.ForWritingAsync(console, options.Gallery, options.Model, options.IsGrey, options.Parallelism, options.Limits, cancellationToken);
        AddReport report = await IndexingRun.RunAsync(console, gallery, works, options.Adding, cancellationToken);
        IReadOnlyList<string> withoutPrefix = await WithoutPrefixAsync(gallery.Store, works, options.Prefix, cancellationToken);
        IReadOnlyList<string>? pruned = options.Prune ? await PruneAsync(gallery, list, cancellationToken) : null;
        return ResultWriter.Write(console, options.Json, new CommandResult<IndexDocument>(
            () => new IndexDocument(
                report.Added,
                report.Skipped,
                IndexingRun.Failures(report),
                gallery.Model,
                gallery.LoadedSpace.Dimensions,
                JsonDocuments.Seconds(report.Elapsed),
                IndexDocument.CollectionFigures.From(list.Scan))
            {
                Catalogue = catalogue is null ? null : Figures(catalogue, list),
                Pruned = pruned,
                Updated = report.Updated,
                Renamed = report.Renamed,
                Replaced = report.Replaced,
                SameImages = report.SameImages,
                Erased = report.Erased,
                ErasedValues = report.ErasedValues,
                WithoutPrefix = withoutPrefix,
                Warnings = [.. report.Warnings.Select(warning => new FailedImage(warning.ImageName, warning.Text))],
            },
            console =>
            {
                IndexingRun.Report(console, report, works);
                if (withoutPrefix.Count > 0)
                {
                    console.Warn($"--prefix {options.Prefix}: {Counted.Of(withoutPrefix.Count, "work was there before and keeps its key", "works were there before and keep their keys")}: {Counted.FirstOf(withoutPrefix)}. To give them others, name these in a catalogue (a column id), or remove the works and index them again.");
                }

                console.Output.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"Indexed {report.Added:N0}, skipped {report.Skipped:N0} that were there{(report.Updated > 0 ? string.Create(CultureInfo.InvariantCulture, $" ({report.Updated:N0} got new data)") : "")}, {report.Failures.Count:N0} failed, in {report.Elapsed.TotalSeconds:0.0} s. Model {gallery.Model}, {gallery.LoadedSpace.Dimensions} dimensions."));
                if (pruned is { Count: > 0 })
                {
                    console.Output.WriteLine($"Removed {Counted.Of(pruned.Count, "work whose file is", "works whose files are")} gone: {Counted.FirstOf(pruned)}.");
                }
                else if (pruned is not null)
                {
                    console.Output.WriteLine("Removed no work: all files are there.");
                }
            })
        {
            ExitCode = report.Added + report.Skipped > 0 ? ExitCode.Done : ExitCode.Failed,
        });
    }

    /// <summary>The keys of works that were there under a key without the prefix: what is there keeps its key.</summary>
    private static async Task<IReadOnlyList<string>> WithoutPrefixAsync(SqliteGalleryStore store, List<PaintingImage> works, string prefix, CancellationToken cancellationToken)
    {
        const int BlockSize = 1000;
        List<string> keys = [];
        if (prefix.Length > 0)
        {
            // Only a key that is made from a path has others to fall back on.
            foreach (string[] files in works.Where(work => work.FurtherKeys.Count > 0).Select(work => work.Painting.ImageUri).OfType<string>().Chunk(BlockSize))
            {
                keys.AddRange((await store.FindByImageAsync([], files, cancellationToken)).Select(work => work.Painting.Key).Where(key => !key.StartsWith(prefix, StringComparison.Ordinal)));
            }
        }

        return keys;
    }

    /// <summary>Removes the works whose files lay in the folders searched and are gone. Of a folder that cannot be read nothing is known.</summary>
    private static async Task<IReadOnlyList<string>> PruneAsync(OpenGallery gallery, WorkList list, CancellationToken cancellationToken)
    {
        List<string> gone = [];
        await foreach (StoredWork work in gallery.Store.ListAsync(new PaintingFilter(), cancellationToken))
        {
            if (work.Painting.ImageUri is string file && list.Folders.Any(folder => IsUnder(folder, file)) && !list.Scan.UnreadableFolders.Any(folder => IsUnder(folder, file)) && !File.Exists(file))
            {
                gone.Add(work.Painting.Key);
            }
        }

        await gallery.Gallery.RemoveAsync(gone, cancellationToken);
        return gone;

        static bool IsUnder(string folder, string file) =>
            file.StartsWith(Path.EndsInDirectorySeparator(folder) ? folder : folder + Path.DirectorySeparatorChar, RealPath.Comparison);
    }

    private static IndexDocument.CatalogueFigures Figures(MetadataCatalogue catalogue, WorkList list)
    {
        IReadOnlyList<string> rows = list.RowsWithoutPicture;
        return new IndexDocument.CatalogueFigures(
            catalogue.Path,
            catalogue.Entries.Count,
            catalogue.Problems.Count,
            catalogue.Problems.First,
            rows.Count,
            [.. rows.Take(CsvProblems.Named)],
            list.PicturesWithoutRow.Count,
            [.. list.PicturesWithoutRow.Take(CsvProblems.Named)]);
    }
}
