using System.CommandLine;
using System.Globalization;
using ArtSimilarity.Cli.CommandLine;
using ArtSimilarity.Cli.Galleries;
using ArtSimilarity.Cli.Output;
using ArtSimilarity.CommandLine;
using ArtSimilarity.FastScan;
using ArtSimilarity.Galleries;

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
        var command = new TeachingCommand("info", "Shows what a gallery holds: works, models, feature spaces.")
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
        List<SpaceFigures> spaces = [];
        foreach (FeatureSpaceSummary summary in await gallery.Store.GetFeatureSpacesAsync(cancellationToken))
        {
            TuningFigures? tuning = null;
            if (await gallery.Gallery.GetTuningAsync(summary.Space, cancellationToken) is string kept)
            {
                tuning = Describe(console, summary, kept);
            }

            spaces.Add(new SpaceFigures(
                await gallery.ModelOfAsync(summary.Space, cancellationToken), summary.Space.ModelId, summary.Space.Preprocessing, summary.Space.Dimensions, summary.Count, tuning));
        }

        int works = await gallery.Store.CountAsync(new PaintingFilter(), cancellationToken);
        long bytes = new FileInfo(gallery.Store.FilePath).Length;
        if (json)
        {
            JsonDocuments.Write(console, new InfoDocument(gallery.Store.FilePath, bytes, works, gallery.Model, spaces));
            return ExitCode.Done;
        }

        console.Output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{gallery.Store.FilePath}: {Counted.Of(works, "work")}, {bytes / 1e6:0.0} MB, default model {gallery.Model}"));
        ConsoleTable table = console.NewTable("model", "feature space", "dimensions", "signatures", "tuned");
        foreach (SpaceFigures space in spaces)
        {
            string[] cells =
            [
                space.Model ?? "(unknown)",
                $"{space.ModelId}, {space.Preprocessing}",
                space.Dimensions.ToString(CultureInfo.InvariantCulture),
                space.Signatures.ToString("N0", CultureInfo.InvariantCulture),
                space.Tuning is TuningFigures tuning ? string.Create(CultureInfo.InvariantCulture, $"for up to {tuning.MaxK:N0} of {tuning.Works:N0}") : "no",
            ];
            table.AddRow(cells);
        }

        console.Write(table);
        return ExitCode.Done;
    }

    private static TuningFigures? Describe(CliConsole console, FeatureSpaceSummary summary, string kept)
    {
        try
        {
            FastScanTuning tuning = FastScanTuning.Parse(kept);
            double grown = (double)summary.Count / tuning.Count;
            if (grown > GrownMuch)
            {
                console.Warn(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{summary.Space.ModelId} was tuned on {tuning.Count:N0} works and has {summary.Count:N0} now: searches by a quality look at {grown:0.0} times as much to be sure. Run 'artsim tune' again."));
            }

            return new TuningFigures(tuning.Count, tuning.Points.Max(point => point.K), Math.Round(grown, 3));
        }
        catch (FormatException e)
        {
            console.Warn($"The tuning kept for {summary.Space.ModelId} is not used; run 'artsim tune' again. {e.Message}");
            return null;
        }
    }
}
