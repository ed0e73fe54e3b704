using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using ArtSimilarity.Cli.CommandLine;
using ArtSimilarity.Cli.Figures;
using ArtSimilarity.Cli.Files;
using ArtSimilarity.Cli.Galleries;
using ArtSimilarity.Cli.Output;
using ArtSimilarity.CommandLine;
using ArtSimilarity.Features;
using ArtSimilarity.Graphs;

namespace ArtSimilarity.Cli.Commands;

/// <summary><c>artsim map</c>: draws a gallery as a map on which works that look alike lie near each other.</summary>
internal static class MapCommand
{
    private const int LargestSide = 20_000, LargestThumbnail = 1_000;

    public static Command Create(CliConsole console)
    {
        Option<string> gallery = CommonOptions.Gallery();
        var output = new Option<string>("--out") { Description = "The PNG file to write.", HelpName = "FILE", Required = true };
        var filter = new FilterOptions();
        Option<int> size = CommonOptions.Between("--size", "The longer side of the picture, in pixels.", "N", LargestSide);
        size.DefaultValueFactory = _ => 4000;
        Option<int> thumbnail = CommonOptions.Between("--thumbnail", "The side of a work on the map, in pixels.", "N", LargestThumbnail);
        thumbnail.DefaultValueFactory = _ => 64;
        Option<string?> model = CommonOptions.Model($"The model to compare by, one the gallery was indexed with: {ModelReference.Help} The default is the gallery's own.");
        var renew = new Option<bool>("--renew") { Description = "Lay the works out anew, though a map is kept with the gallery." };
        Option<bool> json = CommonOptions.Json(), force = CommonOptions.Force();
        var command = new TeachingCommand(
            "map", "Draws a gallery as a map: works that look alike lie near each other. The map is kept with the gallery, and new works are placed into it. Where works are too dense, some are left out.")
        {
            Examples =
            [
                ("All works", "artsim map --gallery my.db --out map.png"),
                ("The portraits, larger", "artsim map --gallery my.db --genre portrait --size 8000 --thumbnail 96 --out portraits.png"),
            ],
        };
        command.Add(gallery);
        command.Add(output);
        filter.AddTo(command);
        foreach (Option option in (Option[])[size, thumbnail, model, renew, json, force])
        {
            command.Add(option);
        }

        command.AddCheck(result =>
        {
            if (result.GetValue(output) is string file && !Path.GetExtension(file).Equals(".png", StringComparison.OrdinalIgnoreCase))
            {
                result.AddError($"--out {file}: the name must end in .png.");
            }

            if (result.GetValue(thumbnail) > result.GetValue(size))
            {
                result.AddError("--thumbnail is larger than --size.");
            }
        });
        command.SetAction(async (parsed, cancellationToken) =>
        {
            string galleryPath = parsed.GetRequiredValue(gallery);
            using OutputFile file = OutputFile.Prepare("--out", parsed.GetRequiredValue(output), parsed.GetValue(force), galleryPath);
            await using OpenGallery open = await OpenGallery.ForReadingAsync(console, galleryPath, parsed.GetValue(model), cancellationToken);
            PaintingFilter works = filter.Filter(parsed);
            await FilterOptions.ThrowIfUnknownAsync(open.Store, works, cancellationToken);
            FeatureSpace space = await open.SpaceAsync(cancellationToken);
            await open.PrepareAsync(console, space, cancellationToken);
            var clock = Stopwatch.StartNew();
            GalleryMap map = await GalleryMap.OpenAsync(
                open.Gallery, new GalleryMapOptions { Space = space, Renew = parsed.GetValue(renew) }, SlowProgress.Of(console, "Laying out"), cancellationToken);
            MapPlace[] shown = [.. map.Places.Where(place => works.Matches(place.Work))];
            if (shown.Length == 0)
            {
                throw new CommandFailedException("there is no work to draw.");
            }

            var picture = new MapPicture(parsed.GetValue(size), parsed.GetValue(thumbnail), open.Decoder, open.Opener);
            file.Write(path => picture.WriteAsync(shown, path, cancellationToken).GetAwaiter().GetResult());
            double seconds = JsonDocuments.Seconds(clock.Elapsed);
            int drawn = shown.Length - picture.Skipped;
            return ResultWriter.Write(console, parsed.GetValue(json), new CommandResult<MapDocument>(
                () => new MapDocument(file.FullPath, shown.Length, drawn, picture.Unreadable, map.IsNew, map.PlacedCount, seconds),
                console =>
                {
                    console.Output.WriteLine(file.FullPath);
                    string made = map.IsNew ? "laid out anew" : map.PlacedCount > 0 ? $"{Counted.Of(map.PlacedCount, "new work")} placed" : "as it was kept";
                    console.Error.WriteLine(string.Create(
                        CultureInfo.InvariantCulture,
                        $"{Counted.Of(drawn, "work")} of {shown.Length:N0} drawn, {Counted.Of(picture.Unreadable, "picture")} unreadable; the map is {made}. {seconds:0.0} s."));
                }));
        });
        return command;
    }
}
