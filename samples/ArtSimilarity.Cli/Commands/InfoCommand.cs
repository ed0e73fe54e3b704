using System.CommandLine;
using System.Globalization;
using ArtSimilarity.Cli.CommandLine;
using ArtSimilarity.Cli.Galleries;
using ArtSimilarity.Cli.Output;
using ArtSimilarity.Galleries;
using Spectre.Console;

namespace ArtSimilarity.Cli.Commands;

/// <summary><c>artsim info</c>: what a gallery holds.</summary>
internal static class InfoCommand
{
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
        await using OpenGallery gallery = await OpenGallery.ForReadingAsync(galleryPath, null, cancellationToken);
        List<SpaceFigures> spaces = [];
        foreach (FeatureSpaceSummary summary in await gallery.Store.GetFeatureSpacesAsync(cancellationToken))
        {
            spaces.Add(new SpaceFigures(
                await gallery.ModelOfAsync(summary.Space, cancellationToken), summary.Space.ModelId, summary.Space.Preprocessing, summary.Space.Dimensions, summary.Count));
        }

        int works = await gallery.Store.CountAsync(new PaintingFilter(), cancellationToken);
        long bytes = new FileInfo(gallery.Store.FilePath).Length;
        if (json)
        {
            JsonDocuments.Write(console.Output, new InfoDocument(gallery.Store.FilePath, bytes, works, gallery.Model, spaces));
            return ExitCode.Done;
        }

        console.Output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{gallery.Store.FilePath}: {works:N0} works, {bytes / 1e6:0.0} MB, default model {gallery.Model}"));
        Table table = console.NewTable("model", "feature space", "dimensions", "signatures");
        foreach (SpaceFigures space in spaces)
        {
            string[] cells =
            [
                space.Model ?? "(unknown)",
                $"{space.ModelId}, {space.Preprocessing}",
                space.Dimensions.ToString(CultureInfo.InvariantCulture),
                space.Signatures.ToString("N0", CultureInfo.InvariantCulture),
            ];
            table.AddRow([.. cells.Select(Markup.Escape)]);
        }

        console.Screen.Write(table);
        return ExitCode.Done;
    }
}
