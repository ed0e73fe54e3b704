using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using ArtSimilarity.Cli.CommandLine;
using ArtSimilarity.Cli.Galleries;
using ArtSimilarity.Cli.Output;
using ArtSimilarity.CommandLine;
using ArtSimilarity.Features;
using ArtSimilarity.Onnx;

namespace ArtSimilarity.Cli.Commands;

/// <summary><c>artsim models</c>: which models there are, and fetching one.</summary>
internal static class ModelsCommand
{
    public static Command Create(CliConsole console)
    {
        Option<bool> json = CommonOptions.Json();
        var command = new TeachingCommand("models", "Lists the models that are known by name, and which of them are on this machine.")
        {
            Examples =
            [
                ("See what there is", "artsim models"),
                ("Fetch one, then use it", "artsim models download mobilenetv2-7 && artsim index ~/paintings --gallery my.db --model mobilenetv2-7"),
            ],
        };
        command.Add(json);
        command.SetAction(parsed => List(console, parsed.GetValue(json)));
        command.Add(CreateDownload(console));
        return command;
    }

    private static TeachingCommand CreateDownload(CliConsole console)
    {
        var name = new Argument<string>("name") { Description = "The model's name, as 'artsim models' lists it." };
        Option<bool> json = CommonOptions.Json();
        var command = new TeachingCommand("download", "Downloads a model, once, and checks its SHA-256. An interrupted download continues.")
        {
            Examples = [("Fetch the smaller network (14 MB)", "artsim models download mobilenetv2-7")],
        };
        command.Add(name);
        command.Add(json);
        command.SetAction((parsed, cancellationToken) => DownloadAsync(console, parsed.GetRequiredValue(name), parsed.GetValue(json), cancellationToken));
        return command;
    }

    private static int List(CliConsole console, bool json)
    {
        var catalog = new ModelCatalog();
        List<ModelsDocument.ModelFigures> models =
        [
            new(ModelReference.Classical, "Colour, texture and edge histograms: built in, no network.", new ClassicalFeatureExtractor().Space.Dimensions, 0, "MIT", true, null),
            .. catalog.Models.Select(model => new ModelsDocument.ModelFigures(
                model.Name, model.Description, model.Dimensions, model.Size, model.License, catalog.IsDownloaded(model.Name), model.IsEmbedded ? null : catalog.GetPath(model.Name))),
        ];
        return ResultWriter.Write(console, json, new CommandResult<ModelsDocument>(
            () => new ModelsDocument(catalog.CacheDirectory, models),
            console =>
            {
                ConsoleTable table = console.NewTable("name", "here", "dimensions", "size", "licence", "what it is");
                foreach (ModelsDocument.ModelFigures model in models)
                {
                    string[] cells =
                    [
                        model.Name,
                        model.Cached ? "yes" : "no",
                        model.Dimensions.ToString(CultureInfo.InvariantCulture),
                        model.Bytes == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"{model.Bytes / 1e6:0} MB"),
                        model.License ?? "",
                        model.Description,
                    ];
                    table.AddRow(cells);
                }

                console.Write(table);
                console.Output.WriteLine($"Downloaded models are kept in {catalog.CacheDirectory}");
            }));
    }

    private static async Task<int> DownloadAsync(CliConsole console, string name, bool json, CancellationToken cancellationToken)
    {
        var catalog = new ModelCatalog();
        ModelDescription model = catalog.Find(name)
            ?? throw new UsageException($"there is no model called '{name}' to download; {NearestWord.Hint(name, [.. catalog.Models.Select(known => known.Name)])}");
        var clock = Stopwatch.StartNew();
        string path;
        try
        {
            path = await LiveProgress.RunAsync(console, $"Downloading {model.Name}", model.Size, "bytes", report =>
                catalog.DownloadAsync(
                    model.Name,
                    new ImmediateProgress<ModelDownloadProgress>(progress => report(progress.BytesReceived, progress.BytesReceived / Math.Max(0.001, clock.Elapsed.TotalSeconds))),
                    cancellationToken));
        }
        catch (OperationCanceledException e)
        {
            throw new CommandFailedException("interrupted; running the same command again continues the download.", e);
        }

        return ResultWriter.Write(console, json, new CommandResult<DownloadDocument>(
            () => new DownloadDocument(model.Name, path, JsonDocuments.Seconds(clock.Elapsed)),
            console =>
            {
                console.Output.WriteLine(path);
            }));
    }
}
