using System.CommandLine;
using System.Globalization;
using ArtSimilarity.Cli.CommandLine;
using ArtSimilarity.Cli.Galleries;
using ArtSimilarity.Cli.Output;
using ArtSimilarity.CommandLine;
using ArtSimilarity.Graphs;

namespace ArtSimilarity.Cli.Commands;

/// <summary><c>artsim path</c>: how one work leads to another through works that look alike.</summary>
internal static class PathCommand
{
    public static Command Create(CliConsole console)
    {
        var from = new Argument<string>("from") { Description = "The key of the first work." };
        var to = new Argument<string>("to") { Description = "The key of the last work." };
        var options = new GraphOptions(10);
        Option<bool> json = CommonOptions.Json();
        var command = new TeachingCommand("path", "Finds the path from one work to another through works that look alike: that of the smallest sum of distances. The exit code is 1 where there is none.")
        {
            Examples =
            [
                ("From one work to another", "artsim path art003 art042 --gallery my.db"),
                ("In small steps, through landscapes alone", "artsim path art003 art042 --gallery my.db -k 3 --genre landscape"),
            ],
        };
        command.Add(from);
        command.Add(to);
        options.AddTo(command);
        command.Add(json);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using OpenGallery gallery = await options.OpenAsync(console, parsed, cancellationToken);
            string first = parsed.GetRequiredValue(from), last = parsed.GetRequiredValue(to);
            NeighborGraph graph = await options.BuildAsync(console, parsed, gallery, cancellationToken);
            int start = await GraphOptions.IndexOfAsync(graph, first, gallery.Store, cancellationToken), end = await GraphOptions.IndexOfAsync(graph, last, gallery.Store, cancellationToken);
            GraphPath? path = graph.FindPath(start, end, cancellationToken);
            PathDocument.Step[] steps = path is null ? [] : [.. path.Works.Select((work, i) => PathDocument.Step.From(work, i == 0 ? null : path.Distances[i - 1]))];
            return ResultWriter.Write(console, parsed.GetValue(json), new CommandResult<PathDocument>(
                () => new PathDocument(first, last, path is not null, path?.Length, steps),
                console =>
                {
                    if (path is null)
                    {
                        console.Warn($"no path leads from '{first}' to '{last}': they lie in parts of the graph that are not connected. A larger -k connects more.");
                        return;
                    }

                    ConsoleTable table = console.NewTable("distance", "key", "title", "artist", "year");
                    foreach (PathDocument.Step step in steps)
                    {
                        table.AddRow(step.Distance?.ToString("0.0000", CultureInfo.InvariantCulture) ?? "", step.Key, step.Title ?? "", step.Artist ?? "", step.Year?.ToString(CultureInfo.InvariantCulture) ?? "");
                    }

                    console.Write(table);
                    console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Counted.Of(path.Distances.Count, "step")}, {path.Length:0.0000} in all."));
                })
            {
                ExitCode = path is null ? ExitCode.Failed : ExitCode.Done,
            });
        });
        return command;
    }
}
