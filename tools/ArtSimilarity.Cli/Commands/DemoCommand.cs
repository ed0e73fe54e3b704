using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using ArtSimilarity.Catalogues;
using ArtSimilarity.Cli.Catalogue;
using ArtSimilarity.Cli.CommandLine;
using ArtSimilarity.Cli.Files;
using ArtSimilarity.Cli.Galleries;
using ArtSimilarity.Cli.Output;
using ArtSimilarity.Cli.Reports;
using ArtSimilarity.CommandLine;
using ArtSimilarity.Galleries;
using ArtSimilarity.Studio;

namespace ArtSimilarity.Cli.Commands;

/// <summary><c>artsim demo</c>: from nothing, or from a folder, to a page of paintings that look alike.</summary>
internal static class DemoCommand
{
    private const int QueryCount = 13;
    private const int NeighborCount = 5;

    private static readonly string[] CatalogueNames = ["paintings.csv", "metadata.csv"];

    public static Command Create(CliConsole console)
    {
        var folder = new Argument<string?>("folder")
        {
            Description = "A folder of pictures; paintings.csv or metadata.csv in it describes them. Without a folder, artsim paints a gallery of its own.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var output = new Option<string>("--out", "-o") { Description = "Where the report and the gallery go.", HelpName = "DIR", DefaultValueFactory = _ => "artsim-demo" };
        Option<string?> model = CommonOptions.Model($"The model: {ModelReference.Help} The default is {ModelReference.Default}.");
        Option<TimeSpan?> loadTimeout = CommonOptions.LoadTimeout();
        Option<int> limit = CommonOptions.AtLeastOne("--limit", "Use only the first N pictures (default: all; 312 are painted).", "N");
        Option<bool> force = CommonOptions.Force();
        force.Description = "Replace files in the folder of --out that artsim did not write, and add to a gallery there that holds other works.";
        Option<bool> json = CommonOptions.Json();
        var command = new TeachingCommand("demo", "Indexes a folder of pictures, or some 300 that it paints itself, searches for several of them and writes a report with the pictures side by side.")
        {
            Examples =
            [
                ("Without any pictures of your own", "artsim demo"),
                ("With your own", "artsim demo ~/paintings --out report"),
                ("By colours and textures only, on the first 2,000", "artsim demo ~/paintings --limit 2000 --model classical"),
            ],
        };
        command.Add(folder);
        command.Add(output);
        command.Add(model);
        command.Add(loadTimeout);
        command.Add(limit);
        command.Add(force);
        command.Add(json);
        command.SetAction((parsed, cancellationToken) => RunAsync(
            console, parsed.GetValue(folder), parsed.GetRequiredValue(output), parsed.GetValue(model), parsed.GetValue(loadTimeout), CommonOptions.GivenNumber(parsed, limit), parsed.GetValue(force), parsed.GetValue(json), cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(
        CliConsole console, string? folder, string output, string? model, TimeSpan? loadTimeout, int? limit, bool force, bool json, CancellationToken cancellationToken)
    {
        var clock = Stopwatch.StartNew();
        bool synthetic = folder is null;
        string target = Path.GetFullPath(output);
        string source = synthetic ? Path.Combine(target, "paintings") : Path.GetFullPath(folder!);
        if (!synthetic && !Directory.Exists(source))
        {
            throw new CommandFailedException($"{folder}: there is no such folder.");
        }

        OutputFolder.Create("--out", output);
        string galleryPath = Path.Combine(target, synthetic ? "gallery.db" : $"gallery-{Fingerprint(source)}.db");
        using OutputFile report = OutputFile.Prepare("--out", Path.Combine(target, synthetic ? "report.html" : $"report-{Fingerprint(source)}.html"), force, galleryPath);
        if (synthetic)
        {
            if (!force)
            {
                await ThrowIfNotOursAsync(console, source, galleryPath, cancellationToken);
            }

            await PaintAsync(console, source, Math.Min(limit ?? int.MaxValue, SyntheticGallery.DefaultCount), cancellationToken);
        }

        string? metadata = CatalogueNames.Select(name => Path.Combine(source, name)).FirstOrDefault(File.Exists);
        if (metadata is not null && !synthetic)
        {
            console.Error.WriteLine($"Titles and genres come from {metadata}.");
        }

        WorkList list = await WorkList.CollectAsync(
            console, [source], metadata is null ? null : MetadataCatalogue.Read(metadata), CatalogueFormat.Detected, [], "", cancellationToken);
        if (!synthetic)
        {
            list.Report();
        }

        List<PaintingImage> works = [.. list.Works.Take(limit ?? int.MaxValue)];
        if (works.Count == 0)
        {
            throw new CommandFailedException($"there are no images in {source}.");
        }

        await using OpenGallery gallery = await OpenGallery.ForWritingAsync(console, galleryPath, model ?? ModelReference.Default, isGrey: false, Environment.ProcessorCount, InputLimits.Default with { LoadTimeout = loadTimeout }, cancellationToken);
        AddReport added = await IndexingRun.RunAsync(console, gallery, works, new AddOptions(), cancellationToken);
        IndexingRun.Report(console, added, works);
        HashSet<string> failed = [.. added.Failures.Select(failure => failure.Key)];
        List<Painting> shown = [.. works.Select(work => work.Painting).Where(painting => !failed.Contains(painting.Key))];
        if (shown.Count == 0)
        {
            throw new CommandFailedException($"none of the {works.Count} images in {source} can be used.");
        }

        IReadOnlyList<Painting> queries = ChooseQueries(shown);
        var thumbnails = new Thumbnails(gallery.Decoder, gallery.Opener);
        List<ReportRow> rows = [];
        var options = new GallerySearchOptions { Spaces = [gallery.LoadedSpace] };
        foreach (Painting query in queries)
        {
            GallerySearchResult found = await gallery.Gallery.SearchByKeyAsync(query.Key, NeighborCount, options, cancellationToken);
            rows.Add(await ReportRow.CreateAsync(query, null, found.Results, thumbnails, null, cancellationToken));
        }

        return ResultWriter.Write(console, json, new CommandResult<DemoDocument>(
            () => new DemoDocument(
                report.FullPath, galleryPath, metadata, added.Added, added.Skipped, IndexingRun.Failures(added), gallery.Model, gallery.LoadedSpace.Dimensions, [.. queries.Select(query => query.Key)], JsonDocuments.Seconds(clock.Elapsed)),
            console =>
            {
                console.Output.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{Counted.Of(shown.Count, "picture")} indexed ({added.Added:N0} new) and {queries.Count} searched for in {clock.Elapsed.TotalSeconds:0.0} s. Open the report in a browser:"));
                console.Output.WriteLine(report.FullPath);
                console.Error.WriteLine();
                console.Error.WriteLine("Try next:");
                console.Error.WriteLine($"  {Artsim.Own.Text} search --gallery {ShellText.Quote(Path.GetRelativePath(Environment.CurrentDirectory, galleryPath))} {ShellText.Argument(queries[0].Key)}");
            })
        {
            Files = [new HtmlFile(report, Page(synthetic, source, gallery, shown.Count, rows, clock.Elapsed))],
        });
    }

    /// <exception cref="UsageException">The demo would paint over pictures of somebody else's, or add to a gallery of other works.</exception>
    private static async Task ThrowIfNotOursAsync(CliConsole console, string paintings, string galleryPath, CancellationToken cancellationToken)
    {
        if (!SyntheticGallery.MayPaint(paintings))
        {
            throw new UsageException($"--out: artsim did not paint what is in {paintings}, and would paint over it. Name another folder, or add --force.");
        }

        if (new FileInfo(galleryPath) is { Exists: true, Length: > 0 })
        {
            await using OpenGallery gallery = await OpenGallery.ForReadingAsync(console, galleryPath, null, cancellationToken);
            if (await gallery.Store.CountAsync(new PaintingFilter(), cancellationToken) > 0 && (await gallery.Store.FindAsync([SyntheticGallery.FirstKey], cancellationToken)).Count == 0)
            {
                throw new UsageException($"--out: {galleryPath} is a gallery of other works, and the demo would add to it. Name another folder, or add --force.");
            }
        }
    }

    private static async Task PaintAsync(CliConsole console, string folder, int count, CancellationToken cancellationToken)
    {
        if (!SyntheticGallery.IsPainted(folder, count))
        {
            console.Error.WriteLine($"No folder given: painting {count} pictures of {SyntheticGallery.Genres.Count} kinds into {folder}");
            var clock = Stopwatch.StartNew();
            await LiveProgress.RunAsync(console, "Painting", count, "pictures", report => Task.Run(
                () => SyntheticGallery.Paint(folder, count, new ImmediateProgress<int>(done => report(done, done / Math.Max(0.001, clock.Elapsed.TotalSeconds))), cancellationToken),
                cancellationToken));
        }
    }

    /// <summary>
    /// Works spread over the genres: genre by genre, the largest first, one work at a time, the same ones every time. Works without a
    /// genre count as a genre of their own.
    /// </summary>
    internal static IReadOnlyList<Painting> ChooseQueries(IReadOnlyList<Painting> works)
    {
        Queue<Painting>[] genres = [.. works
            .GroupBy(work => work.Genre ?? "", StringComparer.Ordinal)
            .OrderByDescending(genre => genre.Key.Length > 0).ThenByDescending(genre => genre.Count()).ThenBy(genre => genre.Key, StringComparer.Ordinal)
            .Select(genre => new Queue<Painting>(genre.OrderBy(work => Fingerprint(work.Key), StringComparer.Ordinal)))];
        List<Painting> chosen = [];
        while (chosen.Count < Math.Min(QueryCount, works.Count))
        {
            foreach (Queue<Painting> genre in genres)
            {
                if (chosen.Count < QueryCount && genre.TryDequeue(out Painting? work))
                {
                    chosen.Add(work);
                }
            }
        }

        return chosen;
    }

    private static ReportPage Page(bool synthetic, string source, OpenGallery gallery, int count, List<ReportRow> rows, TimeSpan elapsed)
    {
        int judged = rows.Where(row => row.Query.Painting.Genre is not null).Sum(row => row.Neighbors.Count);
        int agreeing = rows.Sum(row => row.Neighbors.Count(neighbor => neighbor.Painting.Genre is string genre && genre == row.Query.Painting.Genre));
        string lead = synthetic
            ? $"{count} pictures that a program painted, in {SyntheticGallery.Genres.Count} kinds. For {rows.Count} of them, the {NeighborCount} that look most alike: found by the pictures alone, without titles or genres."
            : $"{count:N0} pictures from {Path.GetFileName(source.TrimEnd(Path.DirectorySeparatorChar))}. For {rows.Count} of them, the {NeighborCount} that look most alike: found by the pictures alone, without titles or genres.";
        List<ReportFact> facts =
        [
            new("Pictures", count.ToString("N0", CultureInfo.InvariantCulture)),
            new("Model", Path.GetFileName(gallery.Model)),
            new("Dimensions", gallery.LoadedSpace.Dimensions.ToString("N0", CultureInfo.InvariantCulture)),
            new("Seconds, all in all", elapsed.TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture)),
        ];
        if (judged > 0)
        {
            facts.Add(new("Neighbours of the query's genre", string.Create(CultureInfo.InvariantCulture, $"{agreeing} of {judged} shown")));
        }

        return new ReportPage("Paintings that look alike", lead, rows, facts);
    }

    private static string Fingerprint(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..8];
}
