using System.CommandLine;
using System.Globalization;
using ArtSimilarity.Cli.CommandLine;
using ArtSimilarity.Cli.Files;
using ArtSimilarity.Cli.Galleries;
using ArtSimilarity.Cli.Output;
using ArtSimilarity.CommandLine;
using ArtSimilarity.Duplicates;
using ArtSimilarity.Galleries;
using ArtSimilarity.Imaging;
using NetVips;

namespace ArtSimilarity.Cli.Commands;

/// <summary><c>artsim difference</c>: lays the pictures of two works over one another and draws where they differ.</summary>
internal static class DifferenceCommand
{
    private static readonly ImageSize Smallest = new(1000, 1000);

    public static Command Create(CliConsole console)
    {
        var first = new Argument<string>("first") { Description = "The key of a work. The result has the frame of its picture." };
        var second = new Argument<string>("second") { Description = "The key of the other work." };
        Option<string> gallery = CommonOptions.Gallery();
        var output = new Option<string>("--out") { Description = "The PNG file to write.", HelpName = "FILE", Required = true };
        Option<bool> json = CommonOptions.Json(), force = CommonOptions.Force();
        var command = new TeachingCommand(
            "difference", "Lays the pictures of two works over one another and draws where they differ: grey where they are equal, brighter and darker where the second is. It serves for works that 'artsim duplicates' finds.")
        {
            Examples = [("How two digitisations differ", "artsim difference art003 art042 --gallery my.db --out difference.png")],
        };
        command.Add(first);
        command.Add(second);
        foreach (Option option in (Option[])[gallery, output, json, force])
        {
            command.Add(option);
        }

        command.AddCheck(result =>
        {
            if (result.GetValue(output) is string file && !Path.GetExtension(file).Equals(".png", StringComparison.OrdinalIgnoreCase))
            {
                result.AddError($"--out {file}: the name must end in .png.");
            }
        });
        command.SetAction(async (parsed, cancellationToken) =>
        {
            string galleryPath = parsed.GetRequiredValue(gallery), one = parsed.GetRequiredValue(first), other = parsed.GetRequiredValue(second);
            using OutputFile file = OutputFile.Prepare("--out", parsed.GetRequiredValue(output), parsed.GetValue(force), galleryPath);
            await using OpenGallery open = await OpenGallery.ForReadingAsync(console, galleryPath, null, cancellationToken);
            using RgbImage below = await DecodeAsync(open, one, cancellationToken), above = await DecodeAsync(open, other, cancellationToken);
            ImageAlignment alignment = ImageAlignment.Of(below, above);
            using RgbImage drawn = ImageDifference.Draw(below, above);
            file.Write(path =>
            {
                using Image image = Image.NewFromMemory(drawn.Pixels.ToArray(), drawn.Width, drawn.Height, 3, Enums.BandFormat.Uchar);
                using Image tagged = image.Copy(interpretation: Enums.Interpretation.Srgb);
                tagged.Pngsave(path);
            });
            return ResultWriter.Write(console, parsed.GetValue(json), new CommandResult<DifferenceDocument>(
                () => new DifferenceDocument(file.FullPath, one, other, alignment.Agreement, new(alignment.Region.X, alignment.Region.Y, alignment.Region.Width, alignment.Region.Height)),
                console =>
                {
                    console.Output.WriteLine(file.FullPath);
                    console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"The pictures agree to {alignment.Agreement:0.00}, of 1."));
                }));
        });
        return command;
    }

    private static async Task<RgbImage> DecodeAsync(OpenGallery open, string key, CancellationToken cancellationToken)
    {
        Painting work = (await open.Store.FindAsync([key], cancellationToken)).GetValueOrDefault(key)?.Painting
            ?? throw new PaintingNotFoundException($"The gallery has no work '{key}'.");
        string uri = work.ImageUri ?? throw new CommandFailedException($"the work '{key}' has no picture.");
        return open.Decoder.Decode(await open.Opener.OpenAsync(uri, Smallest, cancellationToken), Smallest, null, cancellationToken);
    }
}
