using System.CommandLine;
using System.Globalization;
using ArtSimilarity.Cli.CommandLine;
using ArtSimilarity.Cli.Galleries;
using ArtSimilarity.Cli.Output;
using ArtSimilarity.CommandLine;
using ArtSimilarity.Features;
using ArtSimilarity.Galleries;
using ArtSimilarity.Graphs;

namespace ArtSimilarity.Cli.Commands;

/// <summary><c>artsim genealogy</c>: the works most like one that are earlier, and those that are later.</summary>
internal static class GenealogyCommand
{
    public static Command Create(CliConsole console)
    {
        var key = new Argument<string>("key") { Description = "The key of a work that has a year." };
        Option<string> gallery = CommonOptions.Gallery();
        Option<int> k = CommonOptions.AtLeastOne("-k", "How many works to return on each side.", "N");
        k.DefaultValueFactory = _ => 5;
        Option<int> apart = CommonOptions.AtLeastOne("--years-apart", "How many years earlier or later a work must be at least.", "N");
        apart.DefaultValueFactory = _ => 1;
        var filter = new FilterOptions();
        Option<string?> model = CommonOptions.Model($"The model to compare by, one the gallery was indexed with: {ModelReference.Help} The default is the gallery's own.");
        Option<bool> json = CommonOptions.Json();
        var command = new TeachingCommand("genealogy", "Finds the works most like one work that are earlier, and those that are later. Works without a year are neither.")
        {
            Examples =
            [
                ("What came before and after", "artsim genealogy art042 --gallery my.db"),
                ("At least a generation away, among portraits", "artsim genealogy art042 --gallery my.db --years-apart 30 --genre portrait"),
            ],
        };
        command.Add(key);
        command.Add(gallery);
        command.Add(k);
        command.Add(apart);
        filter.AddTo(command);
        command.Add(model);
        command.Add(json);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            string asked = parsed.GetRequiredValue(key);
            await using OpenGallery open = await OpenGallery.ForReadingAsync(console, parsed.GetRequiredValue(gallery), parsed.GetValue(model), cancellationToken);
            PaintingFilter works = filter.Filter(parsed);
            await FilterOptions.ThrowIfUnknownAsync(open.Store, works, cancellationToken);
            if ((await open.Store.FindAsync([asked], cancellationToken)).GetValueOrDefault(asked) is { Painting.Year: null })
            {
                throw new CommandFailedException($"the work '{asked}' has no year, so no work is earlier or later.");
            }

            FeatureSpace space = await open.SpaceAsync(cancellationToken);
            await open.PrepareAsync(console, space, cancellationToken);
            Genealogy found = await Genealogy.FindAsync(
                open.Gallery,
                asked,
                parsed.GetValue(k),
                new GenealogyOptions { Filter = works, Spaces = [space], MinYearsApart = parsed.GetValue(apart) },
                cancellationToken);
            return ResultWriter.Write(console, parsed.GetValue(json), new CommandResult<GenealogyDocument>(
                () => new GenealogyDocument(
                    asked, found.Work.Year!.Value, [.. found.Earlier.Select(SearchDocument.FoundWork.From)], [.. found.Later.Select(SearchDocument.FoundWork.From)]),
                console =>
                {
                    ConsoleTable table = console.NewTable("", "year", "distance", "key", "title", "artist");
                    AddRows(table, "earlier", found.Earlier.Reverse());
                    table.AddRow("this", Text(found.Work.Year), "", found.Work.Key, found.Work.Title ?? "", found.Work.Artist ?? "");
                    AddRows(table, "later", found.Later);
                    console.Write(table);
                    console.Error.WriteLine($"{Counted.Of(found.Earlier.Count, "earlier work")}, {Counted.Of(found.Later.Count, "later work")}.");
                }));
        });
        return command;
    }

    private static void AddRows(ConsoleTable table, string side, IEnumerable<SimilarPainting> works)
    {
        foreach (SimilarPainting found in works)
        {
            Painting work = found.Painting;
            table.AddRow(side, Text(work.Year), found.Distance.ToString("0.0000", CultureInfo.InvariantCulture), work.Key, work.Title ?? "", work.Artist ?? "");
        }
    }

    private static string Text(int? year) => year?.ToString(CultureInfo.InvariantCulture) ?? "";
}
