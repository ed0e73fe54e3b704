using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using ArtSimilarity.Annoy;
using ArtSimilarity.Cli.Catalogue;
using ArtSimilarity.Cli.CommandLine;
using ArtSimilarity.Cli.Galleries;
using ArtSimilarity.Cli.Output;
using ArtSimilarity.CommandLine;
using ArtSimilarity.FastScan;
using ArtSimilarity.Features;
using ArtSimilarity.Galleries;
using ArtSimilarity.Onnx;

namespace ArtSimilarity.Cli.Commands;

/// <summary><c>artsim annoy import</c>: makes the items of a file the signatures of works in a gallery.</summary>
internal static class AnnoyImportCommand
{
    private const int BatchSize = 1000;

    // A work needs one, and no image was seen.
    private const string ContentHash = "imported";

    public static Command Create(CliConsole console)
    {
        Argument<string> file = AnnoyFileOptions.File();
        Option<int> dimensions = AnnoyFileOptions.Dimensions();
        Option<string> metric = AnnoyFileOptions.Metric();
        Option<string> gallery = CommonOptions.Gallery();
        gallery.Description = "The gallery file; created when there is none.";
        var keys = new Option<string?>("--keys")
        {
            Description = "The keys of the works: a text file whose first line is the key of item 0 and so on, or a CSV (columns as for 'artsim index --metadata', id needed) with a row per item. Without it the keys are item-0, item-1, …",
            HelpName = "FILE",
        };
        var name = new Option<string?>("--name") { Description = "What the gallery calls these signatures: searched with --model annoy:NAME. The default is the file's name.", HelpName = "NAME" };
        Option<string?> model = CommonOptions.Model($"The model that made the vectors, where this tool has it; images can then be searched for as well: {ModelReference.Help}");
        Option<TimeSpan?> loadTimeout = CommonOptions.LoadTimeout();
        Option<bool> json = CommonOptions.Json();
        var command = new TeachingCommand(
            "import",
            "Puts the items of a file into a gallery, as signatures of works. Works that are there keep their image and their other signatures. Running it again replaces what it imported.")
        {
            Examples =
            [
                ("Every item becomes a work", "artsim annoy import index.ann --dimensions 512 --gallery my.db"),
                ("With the keys of the works", "artsim annoy import index.ann --dimensions 512 --gallery my.db --keys keys.txt"),
                ("Search what was imported", "artsim search item-17 --gallery my.db --model annoy:index"),
                ("Made by a model that is at hand", "artsim annoy import index.ann --dimensions 1280 --gallery my.db --keys works.csv --model mobilenetv2.onnx"),
            ],
        };
        command.Add(file);
        command.Add(dimensions);
        command.Add(metric);
        command.Add(gallery);
        command.Add(keys);
        command.Add(name);
        command.Add(model);
        command.Add(loadTimeout);
        command.Add(json);
        command.AddCheck(result =>
        {
            if (result.GetValue(name) is not null && result.GetValue(model) is not null)
            {
                result.AddError("--name and --model exclude each other: signatures of a model go by its name.");
            }
        });
        command.SetAction((parsed, cancellationToken) => RunAsync(
            console,
            parsed.GetRequiredValue(file),
            parsed.GetRequiredValue(dimensions),
            AnnoyFileOptions.Parse(parsed.GetRequiredValue(metric)),
            parsed.GetRequiredValue(gallery),
            parsed.GetValue(keys),
            parsed.GetValue(name),
            parsed.GetValue(model),
            parsed.GetValue(loadTimeout),
            parsed.GetValue(json),
            cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(
        CliConsole console, string path, int dimensions, AnnoyMetric metric, string galleryPath, string? keysPath, string? name, string? model, TimeSpan? loadTimeout, bool json, CancellationToken cancellationToken)
    {
        var clock = Stopwatch.StartNew();
        using AnnoyFile file = AnnoyFile.Open(path, dimensions, metric);
        int[] items = [.. Enumerable.Range(0, file.ItemCount).Where(file.Contains)];
        if (items.Length == 0)
        {
            throw new CommandFailedException($"there are no items in {path}.");
        }

        KeyList? keys = keysPath is null ? null : KeyList.Read(keysPath);
        keys?.ThrowUnlessFor(file.ItemCount, file.Contains);
        (FeatureSpace space, ModelOrigin origin) = model is null ? ImportedSpace(name ?? Path.GetFileNameWithoutExtension(path), dimensions) : ModelSpace(model, dimensions, loadTimeout);
        if (metric != AnnoyMetric.Angular)
        {
            console.Warn("the gallery compares by the angular distance, whatever metric the file was built for.");
        }

        await using OpenGallery gallery = await OpenGallery.ForImportAsync(console, galleryPath, space, origin, cancellationToken);
        int added = await LiveProgress.RunAsync(console, "Importing", items.Length, "items", async report =>
        {
            int newWorks = 0, done = 0;
            foreach (int[] batch in items.Chunk(BatchSize))
            {
                newWorks += await WriteAsync(gallery, path, file, space, batch, keys, cancellationToken);
                done += batch.Length;
                report(done, done / Math.Max(0.001, clock.Elapsed.TotalSeconds));
            }

            return newWorks;
        });

        int leftOut = file.ItemCount - items.Length;
        bool isDefault = await gallery.IsDefaultModelAsync(cancellationToken);
        return ResultWriter.Write(console, json, new CommandResult<AnnoyImportDocument>(
            () => new AnnoyImportDocument(
                path, gallery.Store.FilePath, items.Length, leftOut, added, gallery.Model, dimensions, JsonDocuments.Seconds(clock.Elapsed)),
            console =>
            {
                console.Output.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"Imported {Counted.Of(items.Length, "item")} ({Counted.Of(leftOut, "id")} left out) as {gallery.Model}, {dimensions} dimensions; {Counted.Of(added, "work is", "works are")} new."));
                console.Error.WriteLine("Try next:");
                console.Error.WriteLine($"  {Artsim.Own.Text} search --gallery {ShellText.Quote(galleryPath)}{(isDefault ? "" : $" --model {ShellText.Quote(gallery.Model)}")} {ShellText.Argument(KeyOf(keys, items[0]).Key)}");
            }));
    }

    private static (FeatureSpace Space, ModelOrigin Origin) ImportedSpace(string name, int dimensions)
    {
        if (string.IsNullOrWhiteSpace(name))
        {
            throw new UsageException("--name is empty: the signatures need a name.");
        }

        string reference = ModelReference.Imported + name;
        return (new FeatureSpace(reference, "imported", dimensions), new ModelOrigin(reference));
    }

    private static (FeatureSpace Space, ModelOrigin Origin) ModelSpace(string model, int dimensions, TimeSpan? loadTimeout)
    {
        string reference = ModelReference.Normalize(model);
        IFeatureExtractor extractor = ModelReference.Load(reference, loadTimeout);
        try
        {
            return extractor.Space.Dimensions == dimensions
                ? (extractor.Space, ModelOrigin.Of(extractor))
                : throw new CommandFailedException($"{reference} makes signatures of {extractor.Space.Dimensions} dimensions, not the {dimensions} of --dimensions: it did not make these.");
        }
        finally
        {
            (extractor as IDisposable)?.Dispose();
        }
    }

    private static Painting KeyOf(KeyList? keys, int item) =>
        keys?[item] ?? new Painting(string.Create(CultureInfo.InvariantCulture, $"item-{item}"));

    private static async Task<int> WriteAsync(
        OpenGallery gallery, string path, AnnoyFile file, FeatureSpace space, int[] items, KeyList? keys, CancellationToken cancellationToken)
    {
        Painting[] works = [.. items.Select(item => KeyOf(keys, item))];
        IReadOnlyDictionary<string, StoredWork> known = await gallery.Store.FindAsync([.. works.Select(work => work.Key)], cancellationToken);
        List<GalleryEntry> entries = new(items.Length);
        for (int i = 0; i < items.Length; i++)
        {
            // The image of a work that is there stays its image, and so do its other signatures and what the list does not tell of it.
            StoredWork? stored = known.GetValueOrDefault(works[i].Key);
            Painting work = stored is null ? works[i] : stored.Painting.UpdatedWith(works[i]);
            entries.Add(new GalleryEntry(work, stored?.ContentHash ?? ContentHash, [SignatureOf(path, file, space, items[i])]));
        }

        await gallery.Store.WriteAsync(entries, cancellationToken);
        return items.Length - known.Count;
    }

    private static Signature SignatureOf(string path, AnnoyFile file, FeatureSpace space, int item)
    {
        float[] vector = new float[space.Dimensions];
        file.TryGetVector(item, vector);
        try
        {
            return new Signature(space, vector);
        }
        catch (ArgumentException e)
        {
            throw new CommandFailedException($"{path}: the vector of item {item} cannot be used. {e.Message}", e);
        }
    }
}
