using System.CommandLine;
using System.Globalization;
using ArtSimilarity.Cli.CommandLine;
using ArtSimilarity.Cli.Galleries;
using ArtSimilarity.Cli.Output;
using ArtSimilarity.CommandLine;
using ArtSimilarity.Imaging;
using ArtSimilarity.Recognition;

namespace ArtSimilarity.Cli.Commands;

/// <summary><c>artsim identify</c>: which work of a gallery a photograph shows, or that it shows none.</summary>
internal static class IdentifyCommand
{
    public static Command Create(CliConsole console)
    {
        var photo = new Argument<string>("photo") { Description = "A photograph of a work: an image file, or an address on the web (with --allow-http)." };
        Option<string> gallery = CommonOptions.Gallery();
        Option<int> candidates = CommonOptions.AtLeastOne("--candidates", "How many works, of those most like the photograph, to compare point by point.", "N");
        candidates.DefaultValueFactory = _ => new IdentifierOptions().Candidates;
        var mirror = new Option<bool>("--mirror") { Description = "Look for mirror images too." };
        var minProbability = new Option<double?>("--min-probability") { Description = "How sure a match must be, above 0 and below 1 (default: 0.5).", HelpName = "P" };
        var filter = new FilterOptions();
        Option<string?> model = CommonOptions.Model($"The model to search by, one the gallery was indexed with: {ModelReference.Help} The default is the gallery's own.");
        Option<TimeSpan?> loadTimeout = CommonOptions.LoadTimeout();
        Option<long?> maxBytes = CommonOptions.MaxBytes(), maxPixels = CommonOptions.MaxPixels();
        Option<bool> acceptDamaged = CommonOptions.AcceptDamaged();
        Option<string[]> allowHttp = CommonOptions.AllowHttp();
        Option<bool> allowPrivate = CommonOptions.AllowPrivateAddresses();
        Option<bool> json = CommonOptions.Json();
        var command = new TeachingCommand(
            "identify",
            "Tells which work of a gallery a photograph shows, or that it shows none of them. The works' pictures must still be where they were indexed.")
        {
            Examples =
            [
                ("Which work hangs there", "artsim identify photo.jpg --gallery my.db"),
                ("For another program", "artsim identify photo.jpg --gallery my.db --json"),
                ("Only when it is quite sure", "artsim identify photo.jpg --gallery my.db --min-probability 0.95"),
            ],
        };
        command.Add(photo);
        command.Add(gallery);
        filter.AddTo(command);
        foreach (Option option in (Option[])[candidates, mirror, minProbability, model, loadTimeout, maxBytes, maxPixels, acceptDamaged, allowHttp, allowPrivate, json])
        {
            command.Add(option);
        }

        command.AddCheck(result =>
        {
            if (result.GetValue(minProbability) is not (null or (> 0 and < 1)))
            {
                result.AddError("--min-probability must be above 0 and below 1.");
            }

            if (result.GetValue(allowPrivate) && result.GetResult(allowHttp) is null)
            {
                result.AddError("--allow-private-addresses changes nothing without --allow-http HOST.");
            }
        });
        command.SetAction((parsed, cancellationToken) => RunAsync(
            console,
            parsed.GetRequiredValue(photo),
            parsed.GetRequiredValue(gallery),
            parsed.GetValue(model),
            filter.Filter(parsed),
            new IdentifierOptions { Candidates = parsed.GetValue(candidates), Mirrored = parsed.GetValue(mirror), MinProbability = parsed.GetValue(minProbability) ?? new IdentifierOptions().MinProbability },
            new InputLimits(parsed.GetValue(maxBytes), parsed.GetValue(maxPixels))
            {
                AcceptDamaged = parsed.GetValue(acceptDamaged),
                LoadTimeout = parsed.GetValue(loadTimeout),
                Access = new ImageAccess(parsed.GetValue(allowHttp) ?? [], parsed.GetValue(allowPrivate)),
            },
            parsed.GetValue(json),
            cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(
        CliConsole console, string photo, string galleryPath, string? model, PaintingFilter filter, IdentifierOptions options, InputLimits limits, bool json, CancellationToken cancellationToken)
    {
        await using OpenGallery gallery = await OpenGallery.ForReadingAsync(console, galleryPath, model, isGrey: false, _ => ValueTask.FromResult(true), limits, cancellationToken, findsWorks: true);
        ImageSource source = ImageAccess.IsWebAddress(photo)
            ? await gallery.Opener.OpenAsync(photo, null, cancellationToken)
            : File.Exists(photo) ? ImageSource.FromFile(photo) : throw new CommandFailedException($"There is no image file '{photo}'.");
        await FilterOptions.ThrowIfUnknownAsync(gallery.Store, filter, cancellationToken);
        await gallery.PrepareAsync(console, gallery.LoadedSpace, cancellationToken);
        var identifier = new PaintingIdentifier(gallery.Gallery, gallery.Decoder, gallery.Opener, options);
        Identification found = await identifier.IdentifyAsync(source, filter, cancellationToken);
        return ResultWriter.Write(console, json, new CommandResult<IdentifyDocument>(() => IdentifyDocument.From(found), console => WriteText(console, found)));
    }

    private static void WriteText(CliConsole console, Identification found)
    {
        console.Output.WriteLine(found.Match is { } match
            ? string.Create(CultureInfo.InvariantCulture, $"{match.Painting.Key}{(match.Painting.Title is string title ? $", {title}" : "")}: {match.Match!.Inliers} points agree{(match.IsMirrored ? ", mirrored" : "")}, probability {found.Probability:0.00}")
            : string.Create(CultureInfo.InvariantCulture, $"none of the gallery's works, as far as can be told (probability of the likeliest: {found.Probability:0.00})"));
        ConsoleTable table = console.NewTable(["candidate", "points", "probability", "distance", "found in"]);
        foreach (IdentifiedCandidate candidate in found.Candidates)
        {
            table.AddRow(
            [
                candidate.Painting.Key,
                candidate.Match?.Inliers.ToString(CultureInfo.InvariantCulture) ?? "–",
                candidate.Problem ?? candidate.Probability?.ToString("0.00", CultureInfo.InvariantCulture) ?? "not compared",
                candidate.Similar.Distance.ToString("0.0000", CultureInfo.InvariantCulture),
                IdentifyDocument.Word(candidate.View!.Kind),
            ]);
        }

        console.Write(table);
    }
}
