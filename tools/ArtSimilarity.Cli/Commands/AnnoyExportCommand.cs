using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using ArtSimilarity.Annoy;
using ArtSimilarity.Cli.CommandLine;
using ArtSimilarity.Cli.Files;
using ArtSimilarity.Cli.Galleries;
using ArtSimilarity.Cli.Output;
using ArtSimilarity.CommandLine;
using ArtSimilarity.FastScan;
using ArtSimilarity.Features;
using ArtSimilarity.Indexing;

namespace ArtSimilarity.Cli.Commands;

/// <summary><c>artsim annoy export</c>: writes the signatures of a gallery as a file that spotify/annoy opens.</summary>
internal static class AnnoyExportCommand
{
    public static Command Create(CliConsole console)
    {
        Argument<string> file = AnnoyFileOptions.File();
        file.Description = "The .ann file to write. The keys of its items go to FILE.keys, one per line.";
        Option<string> gallery = CommonOptions.Gallery();
        Option<string?> model = CommonOptions.Model("The model whose signatures to write, one the gallery was indexed with. The default is the gallery's own.");
        Option<TimeSpan?> loadTimeout = CommonOptions.LoadTimeout();
        Option<int> dimensions = CommonOptions.AtLeastOne("--dimensions", "Refuse signatures of another length.", "F");
        Option<int> trees = CommonOptions.Between("--trees", "How many trees to build: more find more, and take more room and time.", "N", CommonOptions.MostTrees);
        trees.DefaultValueFactory = _ => new AnnoyFileWriterOptions().TreeCount;
        var seed = new Option<long>("--seed") { Description = "Where the random choices start: the same gallery, trees and seed give the same file.", HelpName = "N" };
        Option<int> parallelism = CommonOptions.Parallelism();
        parallelism.Description = "How many trees to build at the same time.";
        Option<bool> force = CommonOptions.Force();
        force.Description = "Replace files that are there. Without it nothing is replaced: the format has no mark to tell whose file it is.";
        Option<bool> json = CommonOptions.Json();
        var command = new TeachingCommand("export", "Writes the signatures of a gallery as a file that spotify/annoy opens (angular metric).")
        {
            Examples =
            [
                ("Write index.ann and index.ann.keys", "artsim annoy export index.ann --gallery my.db"),
                ("One of several models, fewer trees", "artsim annoy export index.ann --gallery my.db --model classical --trees 20"),
                ("What Annoy will find", "artsim annoy search index.ann --dimensions 620 --vectors queries.json -k 10"),
            ],
        };
        command.Add(file);
        command.Add(gallery);
        command.Add(model);
        command.Add(loadTimeout);
        command.Add(dimensions);
        command.Add(trees);
        command.Add(seed);
        command.Add(parallelism);
        command.Add(force);
        command.Add(json);
        command.SetAction((parsed, cancellationToken) => RunAsync(
            console,
            parsed.GetRequiredValue(file),
            parsed.GetRequiredValue(gallery),
            parsed.GetValue(model),
            parsed.GetValue(loadTimeout),
            parsed.GetValue(dimensions),
            new AnnoyFileWriterOptions
            {
                TreeCount = parsed.GetValue(trees),
                Seed = parsed.GetValue(seed),
                MaxDegreeOfParallelism = parsed.GetValue(parallelism),
                Renumber = true,
            },
            parsed.GetValue(force),
            parsed.GetValue(json),
            cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(
        CliConsole console, string path, string galleryPath, string? model, TimeSpan? loadTimeout, int dimensions, AnnoyFileWriterOptions options, bool force, bool json, CancellationToken cancellationToken)
    {
        var clock = Stopwatch.StartNew();
        using OutputFile index = OutputFile.Prepare("<file>", path, force, galleryPath), keyFile = OutputFile.Prepare("<file>", path + ".keys", force, galleryPath);
        string full = index.FullPath, keysPath = keyFile.FullPath;
        await using OpenGallery gallery = await OpenGallery.ForReadingAsync(console, galleryPath, model, InputLimits.Default with { LoadTimeout = loadTimeout }, cancellationToken);
        FeatureSpace space = await gallery.SpaceAsync(cancellationToken);
        if (dimensions != 0 && dimensions != space.Dimensions)
        {
            throw new CommandFailedException($"the signatures of {gallery.Model} have {space.Dimensions} dimensions, not the {dimensions} of --dimensions.");
        }

        VectorSet vectors = await gallery.Store.ReadSignaturesAsync(space, cancellationToken: cancellationToken);
        if (vectors.Count == 0)
        {
            throw new CommandFailedException($"the gallery {galleryPath} has no signatures of {gallery.Model}: there is nothing to export.");
        }

        string keys = Lines(galleryPath, await gallery.Store.GetPaintingsAsync(space, vectors.Ids.ToArray(), cancellationToken));
        await LiveProgress.RunAsync(console, "Building", options.TreeCount, "trees", report => Task.Run(
            () =>
            {
                var building = Stopwatch.StartNew();
                index.Stage(file => AnnoyFileWriter.Write(
                    file,
                    vectors,
                    options,
                    new ImmediateProgress<double>(share => report((long)(share * options.TreeCount), share * options.TreeCount / Math.Max(0.001, building.Elapsed.TotalSeconds))),
                    cancellationToken));
                return true;
            },
            cancellationToken));
        keyFile.Stage(file => File.WriteAllText(file, keys));
        index.Commit();
        keyFile.Commit();

        long bytes = new FileInfo(full).Length;
        return ResultWriter.Write(console, json, new CommandResult<AnnoyExportDocument>(
            () => new AnnoyExportDocument(
                full, keysPath, vectors.Count, space.Dimensions, options.TreeCount, gallery.Model, bytes, JsonDocuments.Seconds(clock.Elapsed)),
            console =>
            {
                console.Output.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{full}: {Counted.Of(vectors.Count, "item")} of {space.Dimensions} dimensions ({gallery.Model}), {Counted.Of(options.TreeCount, "tree")}, {bytes:N0} bytes. Their keys: {keysPath}"));
            }));
    }

    /// <summary>The keys, one per line.</summary>
    private static string Lines(string galleryPath, IReadOnlyList<Painting?> works)
    {
        var lines = new StringBuilder();
        foreach (Painting? work in works)
        {
            string key = work?.Key ?? throw new CommandFailedException($"works were removed from {galleryPath} meanwhile: run the same command again.");
            if (key.AsSpan().ContainsAny('\n', '\r'))
            {
                throw new CommandFailedException($"the key '{key}' has a line break, so it cannot be a line of the list of keys.");
            }

            lines.Append(key).Append('\n');
        }

        return lines.ToString();
    }
}
