using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using ArtSimilarity.Cli.CommandLine;
using ArtSimilarity.Cli.Files;
using ArtSimilarity.Cli.Galleries;
using ArtSimilarity.Cli.Output;
using ArtSimilarity.CommandLine;
using ArtSimilarity.Graphs;

namespace ArtSimilarity.Cli.Commands;

/// <summary><c>artsim graph</c>: the works of a gallery and their nearest neighbours, for programs that draw and analyse graphs.</summary>
internal static class GraphCommand
{
    private const string Gexf = ".gexf", GraphMl = ".graphml";

    public static Command Create(CliConsole console)
    {
        var options = new GraphOptions(10);
        var output = new Option<string>("--out") { Description = "The file to write: GEXF for a name that ends in .gexf, GraphML for one in .graphml.", HelpName = "FILE", Required = true };
        Option<bool> json = CommonOptions.Json(), force = CommonOptions.Force();
        var command = new TeachingCommand("graph", "Writes the graph of a gallery: an edge leads from each work to each of its nearest neighbours.")
        {
            Examples =
            [
                ("For Gephi", "artsim graph --gallery my.db --out my.gexf"),
                ("For networkx: the portraits before 1800, with five neighbours each", "artsim graph --gallery my.db -k 5 --genre portrait --to-year 1799 --out portraits.graphml"),
            ],
        };
        options.AddTo(command);
        foreach (Option option in (Option[])[output, json, force])
        {
            command.Add(option);
        }

        command.AddCheck(result =>
        {
            if (result.GetValue(output) is string file && FormatOf(file) is null)
            {
                result.AddError($"--out {file}: the name must end in {Gexf} or {GraphMl}.");
            }
        });
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using OutputFile file = OutputFile.Prepare("--out", parsed.GetRequiredValue(output), parsed.GetValue(force), options.GalleryPath(parsed));
            await using OpenGallery gallery = await options.OpenAsync(console, parsed, cancellationToken);
            var clock = Stopwatch.StartNew();
            NeighborGraph graph = await options.BuildAsync(console, parsed, gallery, cancellationToken);
            double seconds = JsonDocuments.Seconds(clock.Elapsed);
            long mutual = graph.Edges.Count(edge => edge.IsMutual);
            Func<NeighborGraph, Stream, CancellationToken, Task> write = FormatOf(file.FullPath)!;
            file.Write(path =>
            {
                using FileStream stream = File.Create(path);
                write(graph, stream, cancellationToken).GetAwaiter().GetResult();
            });
            return ResultWriter.Write(console, parsed.GetValue(json), new CommandResult<GraphDocument>(
                () => new GraphDocument(file.FullPath, graph.Works.Count, graph.EdgeCount, mutual, seconds),
                console =>
                {
                    console.Output.WriteLine(file.FullPath);
                    console.Error.WriteLine(string.Create(
                        CultureInfo.InvariantCulture, $"{Counted.Of(graph.Works.Count, "work")}, {graph.EdgeCount:N0} edges of which {mutual:N0} are mutual, in {seconds:0.0} s."));
                }));
        });
        return command;
    }

    private static Func<NeighborGraph, Stream, CancellationToken, Task>? FormatOf(string file) => Path.GetExtension(file).ToLowerInvariant() switch
    {
        Gexf => GexfWriter.WriteAsync,
        GraphMl => GraphMlWriter.WriteAsync,
        _ => null,
    };
}
