using System.CommandLine;
using System.Globalization;
using ArtSimilarity.Cli.CommandLine;
using ArtSimilarity.Cli.Galleries;
using ArtSimilarity.Cli.Output;
using ArtSimilarity.CommandLine;

namespace ArtSimilarity.Cli.Commands;

/// <summary><c>artsim remove</c>: takes works out of a gallery.</summary>
internal static class RemoveCommand
{
    public static Command Create(CliConsole console)
    {
        var keys = new Argument<string[]>("key") { Description = "The keys of the works.", Arity = ArgumentArity.OneOrMore };
        Option<string> gallery = CommonOptions.Gallery();
        Option<bool> json = CommonOptions.Json();
        var command = new TeachingCommand("remove", "Takes works out of a gallery, with their signatures; the image files stay. The exit code is 1 when the gallery has none of the keys.")
        {
            Examples = [("Remove two works", "artsim remove art001 art002 --gallery my.db")],
        };
        command.Add(keys);
        command.Add(gallery);
        command.Add(json);
        command.SetAction((parsed, cancellationToken) =>
            RunAsync(console, parsed.GetRequiredValue(keys), parsed.GetRequiredValue(gallery), parsed.GetValue(json), cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(CliConsole console, string[] keys, string galleryPath, bool json, CancellationToken cancellationToken)
    {
        await using OpenGallery gallery = await OpenGallery.ForReadingAsync(console, galleryPath, null, cancellationToken);
        string[] distinct = [.. keys.Distinct(StringComparer.Ordinal)];
        var known = await gallery.Store.FindAsync(distinct, cancellationToken);
        string[] unknown = [.. distinct.Where(key => !known.ContainsKey(key))];
        int removed = await gallery.Gallery.RemoveAsync(distinct, cancellationToken);
        foreach (string key in unknown)
        {
            console.Warn($"the gallery has no work '{key}'.");
        }

        return ResultWriter.Write(console, json, new CommandResult<RemoveDocument>(
            () => new RemoveDocument(removed, unknown),
            console =>
            {
                console.Output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Removed {removed:N0} of {Counted.Of(distinct.Length, "work")}."));
            })
        {
            ExitCode = removed > 0 ? ExitCode.Done : ExitCode.Failed,
        });
    }
}
