using System.CommandLine;
using System.Globalization;
using ArtSimilarity.Catalogues;
using ArtSimilarity.Cli.Catalogue;
using ArtSimilarity.Cli.CommandLine;
using ArtSimilarity.Cli.Files;
using ArtSimilarity.Cli.Galleries;
using ArtSimilarity.Cli.Output;
using ArtSimilarity.CommandLine;
using ArtSimilarity.Galleries;
using ArtSimilarity.Sqlite;

namespace ArtSimilarity.Cli.Commands;

/// <summary><c>artsim list</c>: the works of a gallery, or the values of one of their fields.</summary>
internal static class ListCommand
{
    private const int ShownInTable = 1000;

    private static readonly Dictionary<string, Func<Painting, IEnumerable<string?>>> Fields = new(StringComparer.OrdinalIgnoreCase)
    {
        ["genre"] = work => [work.Genre],
        ["style"] = work => [work.Style],
        ["artist"] = work => work.Artists,
        ["year"] = work => [work.Year?.ToString(CultureInfo.InvariantCulture)],
        ["tag"] = work => work.Tags,
    };

    public static Command Create(CliConsole console)
    {
        Option<string> gallery = CommonOptions.Gallery();
        var values = new Option<string?>("--values") { Description = "List the values of a field instead of the works, with how many works have each: genre, style, artist, year, tag, the name of any other field, or that of tags of the form name:value.", HelpName = "FIELD" };
        var filter = new FilterOptions();
        Option<int> limit = CommonOptions.AtLeastOne("--limit", "List only the first N (default: all; 1,000 in a table).", "N");
        Option<bool> json = CommonOptions.Json();
        Option<string?> csv = CommonOptions.Csv();
        csv.Description += " A list of works can be read again by 'artsim index --metadata'.";
        Option<bool> force = CommonOptions.Force();
        var command = new TeachingCommand("list", "Lists the works of a gallery in the order of their keys, or the values of a field with how many works have each.")
        {
            Examples =
            [
                ("All works", "artsim list --gallery my.db"),
                ("Which genres there are", "artsim list --gallery my.db --values genre"),
                ("Which museums there are", "artsim list --gallery my.db --values museum"),
                ("The oil paintings of one museum", "artsim list --gallery my.db --field museum=Prado --field medium=oil"),
                ("Which artists painted portraits before 1700", "artsim list --gallery my.db --values artist --genre portrait --to-year 1699"),
                ("The catalogue as a table for a spreadsheet", "artsim list --gallery my.db --csv works.csv"),
            ],
        };
        command.Add(gallery);
        command.Add(values);
        filter.AddTo(command);
        command.Add(limit);
        command.Add(json);
        command.Add(csv);
        command.Add(force);
        command.AddCheck(result =>
        {
            if (result.GetValue(json) && result.GetValue(csv) == CsvOutput.StandardOutput)
            {
                result.AddError("--json and --csv - would both be on the output: name a file for one.");
            }
        });
        command.SetAction(async (parsed, cancellationToken) =>
        {
            string galleryPath = parsed.GetRequiredValue(gallery);
            string? csvPath = parsed.GetValue(csv);
            using OutputFile? table = csvPath is null or CsvOutput.StandardOutput ? null : OutputFile.Prepare("--csv", csvPath, parsed.GetValue(force), galleryPath);
            await using OpenGallery open = await OpenGallery.ForReadingAsync(console, galleryPath, null, cancellationToken);
            PaintingFilter works = filter.Filter(parsed);
            await FilterOptions.ThrowIfUnknownAsync(open.Store, works, cancellationToken);
            var output = new ListOutput(console, parsed.GetValue(json), csvPath is not null, table, CommonOptions.GivenNumber(parsed, limit));
            return parsed.GetValue(values) is string field
                ? await ValuesAsync(output, open.Store, field, works, cancellationToken)
                : await WorksAsync(output, open.Store, works, cancellationToken);
        });
        return command;
    }

    private static async Task<int> WorksAsync(ListOutput output, SqliteGalleryStore store, PaintingFilter filter, CancellationToken cancellationToken)
    {
        int total = await store.CountAsync(filter, cancellationToken);
        List<Painting> works = [];
        int shown = output.Limit ?? (output.IsTable ? ShownInTable : int.MaxValue);
        await foreach (StoredWork work in store.ListAsync(filter, cancellationToken))
        {
            if (works.Count == shown)
            {
                break;
            }

            works.Add(work.Painting);
        }

        string[] columns = ["id", "file", "title", "artist", "genre", "style", "year", "tags"];
        var further = new CatalogueColumns(works, columns);
        return ResultWriter.Write(output.Console, output.IsJson, new CommandResult<ListDocument>(
            () => new ListDocument(total, [.. works.Select(ListDocument.ListedWork.From)]),
            console =>
            {
                if (output.IsTable)
                {
                    ConsoleTable table = console.NewTable("key", "title", "artist", "genre", "style", "year", "tags");
                    foreach (Painting work in works)
                    {
                        table.AddRow(work.Key, work.Title ?? "", string.Join("; ", work.Artists), work.Genre ?? "", work.Style ?? "", work.Year?.ToString(CultureInfo.InvariantCulture) ?? "", ConsoleTable.Joined(work.Tags));
                    }

                    console.Write(table);
                }

                output.Sum(works.Count, total, "work", null);
            })
        {
            Files = !output.IsCsv ? [] : [new CsvFile(output.File, works
                .Select(work => CsvLine.Of([
                    work.Key, work.ImageUri, work.Title, string.Join(" | ", work.Artists), work.Genre, work.Style, work.Year?.ToString(CultureInfo.InvariantCulture), string.Join(" | ", work.Tags), .. further.Of(work)]))
                .Prepend(CsvLine.Of([.. columns, .. further.Names])))],
        });
    }

    private static async Task<int> ValuesAsync(ListOutput output, SqliteGalleryStore store, string field, PaintingFilter filter, CancellationToken cancellationToken)
    {
        string prefix = field + ":";
        Func<Painting, IEnumerable<string?>> of = Fields.GetValueOrDefault(field)
            ?? (work => (work.Fields.TryGetValue(field, out IReadOnlyList<string>? held) ? held : [])
                .Concat(work.Tags.Where(tag => tag.StartsWith(prefix, StringComparison.OrdinalIgnoreCase)).Select(tag => tag[prefix.Length..])));
        var counts = new ValueCounts();
        HashSet<string> names = new(StringComparer.Ordinal);
        int total = 0, without = 0;
        await foreach (StoredWork work in store.ListAsync(filter, cancellationToken))
        {
            total++;
            without += counts.Add(of(work.Painting)) == 0 ? 1 : 0;
            names.UnionWith(work.Painting.Fields.Keys);
            names.UnionWith(work.Painting.Tags.Select(tag => tag.IndexOf(':', StringComparison.Ordinal) is int colon and > 0 ? tag[..colon] : "tag"));
        }

        if (counts.Count == 0 && !Fields.ContainsKey(field))
        {
            throw new UsageException($"--values {field}: no work has a field or tags of that name; {NearestWord.Hint(field, [.. Fields.Keys.Union(names).Order(StringComparer.Ordinal)])}");
        }

        ValuesDocument.ValueCount[] all = [.. counts.All.Select(value => new ValuesDocument.ValueCount(value.Value, value.Works))];
        ValuesDocument.ValueCount[] shown = [.. all.Take(output.Limit ?? (output.IsTable ? ShownInTable : int.MaxValue))];
        return ResultWriter.Write(output.Console, output.IsJson, new CommandResult<ValuesDocument>(
            () => new ValuesDocument(field, total, without, shown),
            console =>
            {
                if (output.IsTable)
                {
                    ConsoleTable table = console.NewTable(field, "works");
                    foreach (ValuesDocument.ValueCount value in shown)
                    {
                        table.AddRow(value.Value, value.Works.ToString("N0", CultureInfo.InvariantCulture));
                    }

                    console.Write(table);
                }

                output.Sum(shown.Length, all.Length, "value", $"{Counted.Of(total, "work")}, {Counted.Of(without, "work")} without {field}");
            })
        {
            Files = !output.IsCsv ? [] : [new CsvFile(output.File, shown
                .Select(value => CsvLine.Of([value.Value, value.Works.ToString(CultureInfo.InvariantCulture)]))
                .Prepend(CsvLine.Of([field, "works"])))],
        });
    }
}
