using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using ArtSimilarity.Cli.CommandLine;
using ArtSimilarity.Cli.Galleries;
using ArtSimilarity.Cli.Output;
using ArtSimilarity.CommandLine;
using ArtSimilarity.Duplicates;
using ArtSimilarity.Graphs;

namespace ArtSimilarity.Cli.Commands;

/// <summary><c>artsim duplicates</c>: groups of copies and digitisations of the same work.</summary>
internal static class DuplicatesCommand
{
    private const double MaxDistanceBySignature = 0.2;

    public static Command Create(CliConsole console)
    {
        var options = new GraphOptions(5);
        Option<double?> maxDistance = CommonOptions.NotNegative("--max-distance", "How far apart the signatures of duplicates may be (default: 0.65; 0.2 with --signatures).", "D");
        Option<int> rank = CommonOptions.AtLeastOne("--rank", "Each work must be among so many nearest of the other; groups of many copies need more.", "N");
        rank.DefaultValueFactory = _ => 2;
        Option<double?> agreement = CommonOptions.Positive("--min-agreement", $"How well the pictures of duplicates must agree, up to 1 (default: {AlignmentVerifier.DefaultMinAgreement.ToString(CultureInfo.InvariantCulture)}).", "A");
        var points = new Option<bool>("--points") { Description = "Compare pictures point by point, which takes longer: finds other crops and colours too, misses pictures squashed or with little in them." };
        var signatures = new Option<bool>("--signatures") { Description = "Compare the signatures alone, and open no picture. This takes works of one series and one hand for copies." };
        Option<bool> json = CommonOptions.Json();
        var command = new TeachingCommand(
            "duplicates", "Finds copies and digitisations of the same work. Works whose signatures are near are candidates; their pictures are then laid over one another.")
        {
            Examples =
            [
                ("All groups", "artsim duplicates --gallery my.db"),
                ("Surer ones, for a program", "artsim duplicates --gallery my.db --min-agreement 0.95 --json"),
                ("How two of them differ", "artsim difference art003 art042 --gallery my.db --out difference.png"),
            ],
        };
        options.AddTo(command);
        foreach (Option option in (Option[])[maxDistance, rank, agreement, points, signatures, json])
        {
            command.Add(option);
        }

        command.AddCheck(result =>
        {
            if (result.GetValue(signatures) && result.GetResult(agreement) is not null)
            {
                result.AddError("--min-agreement is of pictures, which --signatures does not open.");
            }

            if (result.GetValue(points) && (result.GetValue(signatures) || result.GetResult(agreement) is not null))
            {
                result.AddError("--points compares in a way of its own: give it without --signatures and --min-agreement.");
            }

            if (result.GetValue(agreement) > 1)
            {
                result.AddError("--min-agreement must be at most 1.");
            }
        });
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using OpenGallery gallery = await options.OpenAsync(console, parsed, cancellationToken);
            var clock = Stopwatch.StartNew();
            NeighborGraph graph = await options.BuildAsync(console, parsed, gallery, cancellationToken);
            bool bySignature = parsed.GetValue(signatures);
            AlignmentVerifier? aligned = bySignature || parsed.GetValue(points) ? null : new AlignmentVerifier(gallery.Decoder, gallery.Opener, parsed.GetValue(agreement) ?? AlignmentVerifier.DefaultMinAgreement);
            LocalFeatureVerifier? pointwise = parsed.GetValue(points) ? new LocalFeatureVerifier(gallery.Decoder, gallery.Opener) : null;
            var wanted = new DuplicateOptions
            {
                MaxDistance = parsed.GetValue(maxDistance) ?? (bySignature ? MaxDistanceBySignature : new DuplicateOptions().MaxDistance),
                MaxRank = parsed.GetValue(rank),
                Verifier = (IDuplicateVerifier?)aligned ?? pointwise,
            };
            IReadOnlyList<DuplicateGroup> groups = await DuplicateFinder.FindAsync(graph, wanted, SlowProgress.Of(console, "Comparing pictures"), cancellationToken);
            double seconds = JsonDocuments.Seconds(clock.Elapsed);
            int unreadable = aligned?.UnreadableCount ?? pointwise?.UnreadableCount ?? 0;
            if (unreadable > 0)
            {
                console.Warn($"{Counted.Of(unreadable, "picture")} could not be opened: such works are duplicates of none.");
            }

            return ResultWriter.Write(console, parsed.GetValue(json), new CommandResult<DuplicatesDocument>(
                () => new DuplicatesDocument(graph.Works.Count, [.. groups.Select(group => DuplicatesDocument.Group.From(group, pointwise is not null))], unreadable, seconds),
                console =>
                {
                    ConsoleTable table = console.NewTable("group", "key", "title", "artist", "year");
                    foreach ((int number, DuplicateGroup group) in groups.Index())
                    {
                        foreach (Painting work in group.Works)
                        {
                            table.AddRow((number + 1).ToString(CultureInfo.InvariantCulture), work.Key, work.Title ?? "", work.Artist ?? "", work.Year?.ToString(CultureInfo.InvariantCulture) ?? "");
                        }
                    }

                    if (groups.Count > 0)
                    {
                        console.Write(table);
                    }

                    console.Error.WriteLine(string.Create(
                        CultureInfo.InvariantCulture, $"{Counted.Of(groups.Count, "group")} of {Counted.Of(groups.Sum(group => group.Works.Count), "work")}, among {graph.Works.Count:N0}, in {seconds:0.0} s."));
                }));
        });
        return command;
    }
}
