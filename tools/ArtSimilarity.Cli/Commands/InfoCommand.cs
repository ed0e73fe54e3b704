using System.CommandLine;
using System.Globalization;
using ArtSimilarity.Cli.CommandLine;
using ArtSimilarity.Cli.Galleries;
using ArtSimilarity.Cli.Output;
using ArtSimilarity.CommandLine;
using ArtSimilarity.FastScan;
using ArtSimilarity.Galleries;
using ArtSimilarity.Onnx;

namespace ArtSimilarity.Cli.Commands;

/// <summary><c>artsim info</c>: what a gallery holds.</summary>
internal static class InfoCommand
{
    /// <summary>By so much more than was tuned on a gallery may grow before it is worth tuning again.</summary>
    private const double GrownMuch = 1.5;

    public static Command Create(CliConsole console)
    {
        Option<string> gallery = CommonOptions.Gallery();
        Option<bool> json = CommonOptions.Json();
        var command = new TeachingCommand("info", "Shows what a gallery holds: works, models, feature spaces, regions.")
        {
            Examples = [("Look into a gallery", "artsim info --gallery my.db")],
        };
        command.Add(gallery);
        command.Add(json);
        command.SetAction((parsed, cancellationToken) => RunAsync(console, parsed.GetRequiredValue(gallery), parsed.GetValue(json), cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(CliConsole console, string galleryPath, bool json, CancellationToken cancellationToken)
    {
        await using OpenGallery gallery = await OpenGallery.ForReadingAsync(console, galleryPath, null, cancellationToken);
        List<InfoDocument.SpaceFigures> spaces = [];
        IReadOnlyList<GalleryModel> models = await gallery.Store.GetModelsAsync(cancellationToken);
        foreach (GalleryModel model in models)
        {
            InfoDocument.TuningFigures? tuning = await DescribeTuningAsync(console, gallery.Gallery, model, cancellationToken);
            spaces.Add(new InfoDocument.SpaceFigures(
                model.IsKnown ? model.Origin.Reference : null, model.Space.ModelId, model.Space.Preprocessing, model.Space.Dimensions, model.Count, tuning, InfoDocument.OriginFigures.From(model.Origin)));
        }

        List<InfoDocument.RegionFigures> regions = [];
        foreach (RegionSpace space in await RegionSpace.ListAsync(console, gallery.Store, models, cancellationToken))
        {
            regions.Add(new InfoDocument.RegionFigures(space.Model, space.Layout.Name, space.Layout.IsPooled, space.Works, space.Summary.Count));
        }

        int works = await gallery.Store.CountAsync(new PaintingFilter(), cancellationToken);
        long bytes = new FileInfo(gallery.Store.FilePath).Length;
        return ResultWriter.Write(console, json, new CommandResult<InfoDocument>(
            () => new InfoDocument(gallery.Store.FilePath, bytes, works, gallery.Model, spaces, regions),
            console =>
            {
                console.Output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{gallery.Store.FilePath}: {Counted.Of(works, "work")}, {bytes / 1e6:0.0} MB, default model {gallery.Model}"));
                ConsoleTable table = console.NewTable("model", "feature space", "dimensions", "signatures", "tuned", "came from");
                foreach (InfoDocument.SpaceFigures space in spaces)
                {
                    string[] cells =
                    [
                        space.Model ?? "(unknown)",
                        $"{space.ModelId}, {space.Preprocessing}",
                        space.Dimensions.ToString(CultureInfo.InvariantCulture),
                        space.Signatures.ToString("N0", CultureInfo.InvariantCulture),
                        space.Tuning is InfoDocument.TuningFigures tuning ? string.Create(CultureInfo.InvariantCulture, $"for up to {tuning.MaxK:N0} of {tuning.Works:N0}") : "no",
                        space.Origin.Source ?? space.Origin.Path ?? "",
                    ];
                    table.AddRow(cells);
                }

                console.Write(table);
                foreach (InfoDocument.RegionFigures space in regions)
                {
                    console.Output.WriteLine(string.Create(
                        CultureInfo.InvariantCulture, $"{(space.Pooled ? "Pooled regions" : "Regions")} {space.Layout} of {space.Model}: {Counted.Of(space.Works, "work")}, {space.Signatures:N0} signatures"));
                }
            }));
    }

    private static async Task<InfoDocument.TuningFigures?> DescribeTuningAsync(CliConsole console, Gallery gallery, GalleryModel model, CancellationToken cancellationToken)
    {
        try
        {
            if (await gallery.GetTuningAsync(model.Space, cancellationToken) is not FastScanTuning tuning)
            {
                return null;
            }

            double grown = (double)model.Count / tuning.Count;
            if (grown > GrownMuch)
            {
                console.Warn(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{model.Space.ModelId} was tuned on {tuning.Count:N0} works and has {model.Count:N0} now: searches by a quality look at {grown:0.0} times as much to be sure. Run 'artsim tune' again."));
            }

            return new InfoDocument.TuningFigures(tuning.Count, tuning.Points.Max(point => point.K), Math.Round(grown, 3));
        }
        catch (FormatException e)
        {
            console.Warn($"The tuning kept for {model.Space.ModelId} is not used; run 'artsim tune' again. {e.Message}");
            return null;
        }
    }
}
