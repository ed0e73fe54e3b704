using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using ArtSimilarity.Cli.CommandLine;
using ArtSimilarity.Cli.Files;
using ArtSimilarity.Cli.Galleries;
using ArtSimilarity.Cli.Output;
using ArtSimilarity.CommandLine;

namespace ArtSimilarity.Cli.Commands;

/// <summary><c>artsim backup</c>: copies a gallery, in use or not.</summary>
internal static class BackupCommand
{
    public static Command Create(CliConsole console)
    {
        var copy = new Argument<string>("copy") { Description = "Where the copy goes.", HelpName = "FILE" };
        Option<string> gallery = CommonOptions.Gallery();
        Option<bool> force = CommonOptions.Force(), json = CommonOptions.Json();
        var command = new TeachingCommand(
            "backup",
            "Copies a gallery into one file, as it is at one moment, while others search it and add to it. The copy is checked before it takes its place. Do not use cp on a gallery that is in use. To restore it, close the gallery everywhere, delete the files beside it that end in -wal and -shm, and put the copy in its place.")
        {
            Examples = [("Keep a copy", "artsim backup my-copy.db --gallery my.db"), ("Put it back, with the gallery closed", "artsim backup my.db --gallery my-copy.db --force")],
        };
        command.Add(copy);
        command.Add(gallery);
        command.Add(force);
        command.Add(json);
        command.SetAction((parsed, cancellationToken) =>
            RunAsync(console, parsed.GetRequiredValue(copy), parsed.GetRequiredValue(gallery), parsed.GetValue(force), parsed.GetValue(json), cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(CliConsole console, string copy, string galleryPath, bool force, bool json, CancellationToken cancellationToken)
    {
        using OutputFile target = OutputFile.Prepare("copy", copy, force, galleryPath);
        if (File.Exists(target.FullPath + "-wal"))
        {
            throw new UsageException($"{copy} is a gallery in use, or one whose last user was killed: close it first, or open it once with artsim info.");
        }

        var clock = Stopwatch.StartNew();
        await using OpenGallery gallery = await OpenGallery.ForReadingAsync(console, galleryPath, null, cancellationToken);
        await gallery.Store.BackupAsync(target.FullPath, overwrite: true, cancellationToken);
        long bytes = new FileInfo(target.FullPath).Length;
        return ResultWriter.Write(console, json, new CommandResult<BackupDocument>(
            () => new BackupDocument(gallery.Store.FilePath, target.FullPath, bytes, JsonDocuments.Seconds(clock.Elapsed)),
            console =>
            {
                console.Output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Copied {gallery.Store.FilePath} to {target.FullPath}: {bytes / 1e6:0.0} MB in {clock.Elapsed.TotalSeconds:0.0} s."));
            }));
    }
}
