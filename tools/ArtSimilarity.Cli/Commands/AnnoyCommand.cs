using System.CommandLine;
using System.Globalization;
using ArtSimilarity.Annoy;
using ArtSimilarity.Cli.Catalogue;
using ArtSimilarity.Cli.CommandLine;
using ArtSimilarity.Cli.Output;
using ArtSimilarity.CommandLine;
using ArtSimilarity.FastScan;
using ArtSimilarity.Indexing;

namespace ArtSimilarity.Cli.Commands;

/// <summary><c>artsim annoy</c>: looks into files of spotify/annoy, searches them as Annoy does, and exchanges them with galleries.</summary>
internal static class AnnoyCommand
{
    public static Command Create(CliConsole console)
    {
        var command = new TeachingCommand("annoy", "Reads, searches and writes the index files of spotify/annoy (.ann).")
        {
            Examples =
            [
                ("See what is in a file", "artsim annoy info index.ann --dimensions 512"),
                ("Search it, with Annoy's own answers", "artsim annoy search index.ann --dimensions 512 --vectors queries.json -k 10 --json"),
                ("Make its items works of a gallery", "artsim annoy import index.ann --dimensions 512 --gallery my.db --keys keys.txt"),
                ("Write a file that Annoy opens", "artsim annoy export index.ann --gallery my.db"),
            ],
        };
        command.Add(CreateInfo(console));
        command.Add(CreateSearch(console));
        command.Add(AnnoyImportCommand.Create(console));
        command.Add(AnnoyExportCommand.Create(console));
        return command;
    }

    private static TeachingCommand CreateInfo(CliConsole console)
    {
        Argument<string> file = AnnoyFileOptions.File();
        Option<int> dimensions = AnnoyFileOptions.Dimensions();
        Option<string> metric = AnnoyFileOptions.Metric();
        Option<bool> json = CommonOptions.Json();
        var command = new TeachingCommand("info", "Tells how many items and trees a file holds.")
        {
            Examples = [("See what is in a file", "artsim annoy info index.ann --dimensions 512")],
        };
        command.Add(file);
        command.Add(dimensions);
        command.Add(metric);
        command.Add(json);
        command.SetAction(parsed => Info(
            console, parsed.GetRequiredValue(file), parsed.GetRequiredValue(dimensions), parsed.GetRequiredValue(metric), parsed.GetValue(json)));
        return command;
    }

    private static TeachingCommand CreateSearch(CliConsole console)
    {
        Argument<string> file = AnnoyFileOptions.File();
        Option<int> dimensions = AnnoyFileOptions.Dimensions();
        Option<string> metric = AnnoyFileOptions.Metric();
        var vectors = new Option<string>("--vectors") { Description = "The queries: .json, an array of arrays of numbers, or .fbin.", HelpName = "FILE", Required = true };
        Option<int> k = CommonOptions.AtLeastOne("-k", "How many neighbours to find for each query.", "N");
        k.DefaultValueFactory = _ => 10;
        var searchK = new Option<int>("--search-k") { Description = "How many candidates to collect from the trees; -1 takes k times the number of trees.", HelpName = "N", DefaultValueFactory = _ => -1 };
        Option<bool> json = CommonOptions.Json();
        var command = new TeachingCommand("search", "Finds the neighbours of each query: for the same k and search_k the ids, order and distances that Annoy returns.")
        {
            Examples = [("The ten nearest to each query", "artsim annoy search index.ann --dimensions 512 --vectors queries.fbin -k 10")],
        };
        command.Add(file);
        command.Add(dimensions);
        command.Add(metric);
        command.Add(vectors);
        command.Add(k);
        command.Add(searchK);
        command.Add(json);
        command.SetAction((parsed, cancellationToken) => Task.FromResult(Search(
            console,
            parsed.GetRequiredValue(file),
            parsed.GetRequiredValue(dimensions),
            parsed.GetRequiredValue(metric),
            parsed.GetRequiredValue(vectors),
            parsed.GetValue(k),
            parsed.GetValue(searchK),
            parsed.GetValue(json),
            cancellationToken)));
        return command;
    }

    private static int Info(CliConsole console, string path, int dimensions, string metric, bool json)
    {
        using AnnoyFile file = AnnoyFile.Open(path, dimensions, AnnoyFileOptions.Parse(metric));
        int leftOut = Enumerable.Range(0, file.ItemCount).Count(id => !file.Contains(id));
        long bytes = new FileInfo(path).Length;
        return ResultWriter.Write(console, json, new CommandResult<AnnoyInfoDocument>(
            () => new AnnoyInfoDocument(path, dimensions, metric, file.ItemCount - leftOut, leftOut, file.TreeCount, file.NodeCount, bytes),
            console =>
            {
                console.Output.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{Counted.Of(file.ItemCount - leftOut, "item")} of {Counted.Of(dimensions, "dimension")} ({Counted.Of(leftOut, "id")} left out), metric {metric}, {Counted.Of(file.TreeCount, "tree")}, {Counted.Of(file.NodeCount, "node")}, {bytes:N0} bytes."));
            }));
    }

    private static int Search(CliConsole console, string path, int dimensions, string metric, string vectors, int k, int searchK, bool json, CancellationToken cancellationToken)
    {
        if (searchK < -1)
        {
            throw new UsageException($"--search-k must be -1 or above, not {searchK.ToString(CultureInfo.InvariantCulture)}.");
        }

        using AnnoyFile file = AnnoyFile.Open(path, dimensions, AnnoyFileOptions.Parse(metric));
        var results = new Neighbor[Math.Min(k, file.ItemCount)];
        int wanted = searchK == -1 ? (int)Math.Min(int.MaxValue, (long)k * file.TreeCount) : searchK; // by the k asked for, as Annoy counts
        List<AnnoyAnswer> answers = [];
        foreach (float[] query in VectorFile.Read(vectors, dimensions))
        {
            cancellationToken.ThrowIfCancellationRequested();
            int found = file.Search(query, results, wanted);
            answers.Add(new AnnoyAnswer([.. results.Take(found).Select(neighbor => neighbor.Id)], [.. results.Take(found).Select(neighbor => neighbor.Distance)]));
        }

        return ResultWriter.Write(console, json, new CommandResult<IReadOnlyList<AnnoyAnswer>>(
            () => answers,
            console =>
            {
                foreach (AnnoyAnswer answer in answers)
                {
                    console.Output.WriteLine(string.Join("  ", answer.Ids.Zip(answer.Distances, (id, distance) => string.Create(CultureInfo.InvariantCulture, $"{id}:{distance:0.0000}"))));
                }
            }));
    }
}
