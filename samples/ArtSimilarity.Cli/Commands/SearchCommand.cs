using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using ArtSimilarity.Cli.CommandLine;
using ArtSimilarity.Cli.Galleries;
using ArtSimilarity.Cli.Output;
using ArtSimilarity.Cli.Reports;
using ArtSimilarity.Galleries;
using ArtSimilarity.Imaging;
using Spectre.Console;

namespace ArtSimilarity.Cli.Commands;

/// <summary><c>artsim search</c>: finds the works of a gallery that look like an image or like one of its own.</summary>
internal static class SearchCommand
{
    public static Command Create(CliConsole console)
    {
        var query = new Argument<string>("query") { Description = "An image file, or the key of a work in the gallery. Where both exist, the key wins; write ./name for the file." };
        Option<string> gallery = CommonOptions.Gallery();
        Option<int> k = CommonOptions.AtLeastOne("-k", "How many works to return.", "N");
        k.DefaultValueFactory = _ => 10;
        Option<string[]> genre = Repeatable("--genre", "Only works of this genre; may be given several times.");
        Option<string[]> style = Repeatable("--style", "Only works of this style; may be given several times.");
        Option<string[]> artist = Repeatable("--artist", "Only works by this artist; may be given several times.");
        var fromYear = new Option<int?>("--from-year") { Description = "Only works of this year or later (negative: BCE).", HelpName = "YEAR" };
        var toYear = new Option<int?>("--to-year") { Description = "Only works of this year or earlier.", HelpName = "YEAR" };
        var region = new Option<string?>("--region")
        {
            Description = "Search by a detail of the query: its left, top, width and height as fractions, or as pixels of the upright image when any number is above 1.",
            HelpName = "X,Y,W,H",
        };
        var exact = new Option<bool>("--exact") { Description = "Compare with every work instead of asking the approximate index." };
        Option<double?> quality = CommonOptions.Quality(
            "How near the answer must come to the exact one, e.g. 0.95: the mean, over the neighbours found, of their place divided by their true rank. 1 is exact. 'artsim tune' measures what it takes.", mayBeExact: true);
        Option<string?> model = CommonOptions.Model($"The model to compare by, one the gallery was indexed with: {ModelReference.Help} The default is the gallery's own.");
        Option<bool> json = CommonOptions.Json();
        var html = new Option<string?>("--html") { Description = "Write a report with the pictures to this file.", HelpName = "FILE" };

        var command = new TeachingCommand("search", "Finds the works of a gallery that look like an image, or like one of its own.")
        {
            Examples =
            [
                ("Works that look like a picture", "artsim search photo.jpg --gallery my.db -k 5"),
                ("Works that look like one of the gallery's own", "artsim search art042 --gallery my.db"),
                ("Only certain ones", "artsim search photo.jpg --gallery my.db --genre portrait --genre landscape --from-year 1850 --to-year 1900"),
                ("In the time it takes to be nearly exact", "artsim search photo.jpg --gallery my.db -k 250 --quality 0.95"),
                ("By a detail, with pictures", "artsim search photo.jpg --gallery my.db --region 0.5,0.5,0.25,0.25 --html detail.html"),
            ],
        };
        command.Add(query);
        command.Add(gallery);
        command.Add(k);
        command.Add(genre);
        command.Add(style);
        command.Add(artist);
        command.Add(fromYear);
        command.Add(toYear);
        command.Add(region);
        command.Add(exact);
        command.Add(quality);
        command.Add(model);
        command.Add(json);
        command.Add(html);
        command.Validators.Add(result =>
        {
            if (result.GetValue(fromYear) > result.GetValue(toYear))
            {
                result.AddError("--from-year is after --to-year.");
            }

            if (result.GetValue(exact) && result.GetResult(quality) is not null)
            {
                result.AddError("--exact is --quality 1: give one of the two.");
            }
        });
        command.SetAction((parsed, cancellationToken) => RunAsync(
            console,
            parsed.GetRequiredValue(query),
            parsed.GetRequiredValue(gallery),
            parsed.GetValue(k),
            new PaintingFilter
            {
                Genres = parsed.GetValue(genre) ?? [],
                Styles = parsed.GetValue(style) ?? [],
                Artists = parsed.GetValue(artist) ?? [],
                FromYear = parsed.GetValue(fromYear),
                ToYear = parsed.GetValue(toYear),
            },
            parsed.GetValue(region),
            parsed.GetValue(exact),
            parsed.GetValue(quality),
            parsed.GetValue(model),
            parsed.GetValue(json),
            parsed.GetValue(html),
            cancellationToken));
        return command;
    }

    private static Option<string[]> Repeatable(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "NAME",
        Arity = ArgumentArity.OneOrMore,
    };

    private static async Task<int> RunAsync(
        CliConsole console, string query, string galleryPath, int k, PaintingFilter filter, string? regionText, bool exact, double? quality, string? model, bool json, string? html, CancellationToken cancellationToken)
    {
        if (regionText is not null)
        {
            RegionOption.ThrowUnlessNumbers(regionText);
        }

        bool isKey = false;
        await using OpenGallery gallery = await OpenGallery.ForReadingAsync(
            galleryPath,
            model,
            async store =>
            {
                isKey = (await store.FindAsync([query], cancellationToken)).Count > 0;
                return isKey ? regionText is not null : File.Exists(query); // of a typing error no model need be loaded to tell
            },
            cancellationToken);
        if (!isKey && !File.Exists(query))
        {
            throw new CommandFailedException($"'{query}' is neither an image file nor the key of a work in {galleryPath}.");
        }

        Painting? work = isKey ? (await gallery.Store.FindAsync([query], cancellationToken))[query].Painting : null;
        string? image = isKey ? work!.ImageUri : query;
        var clock = Stopwatch.StartNew();
        var options = new GallerySearchOptions
        {
            Filter = filter.IsEmpty ? null : filter,
            Region = regionText is null ? null : RegionOption.Parse(regionText, gallery.Decoder, image),
            Space = await gallery.SpaceAsync(cancellationToken),
            Exact = exact,
            Quality = quality,
        };
        if (!exact)
        {
            await gallery.PrepareAsync(console, options.Space, cancellationToken);
        }

        GallerySearchResult found = isKey
            ? await gallery.Gallery.SearchByKeyAsync(query, k, options, cancellationToken)
            : await gallery.Gallery.SearchAsync(ImageSource.FromFile(query), k, options, cancellationToken);
        TimeSpan elapsed = clock.Elapsed;

        if (html is not null)
        {
            var thumbnails = new Thumbnails(gallery.Decoder);
            Painting asked = work ?? new Painting(query) { Title = Path.GetFileName(query), ImageUri = Path.GetFullPath(query) };
            var page = new ReportPage(
                "Works that look alike",
                $"{found.Results.Count} works of {Path.GetFileName(galleryPath)} that look like “{asked.Title ?? asked.Key}”{(regionText is null ? "" : ", searched by a detail of it")}.",
                [ReportRow.Create(asked, found, thumbnails, options.Region, cancellationToken)],
                [
                    new("Model", gallery.Model),
                    new("Dimensions", options.Space.Dimensions.ToString(CultureInfo.InvariantCulture)),
                    new("Search", found.IsExact ? "exact" : "approximate"),
                    new("Seconds", elapsed.TotalSeconds.ToString("0.00", CultureInfo.InvariantCulture)),
                ]);
            HtmlReport.Write(html, page);
        }

        if (json)
        {
            JsonDocuments.Write(console.Output, new SearchDocument(query, JsonDocuments.Seconds(elapsed), [.. found.Results.Select(FoundWork.From)]));
        }
        else if (html is not null)
        {
            console.Output.WriteLine(Path.GetFullPath(html));
        }
        else
        {
            WriteTable(console, found, elapsed);
        }

        return ExitCode.Done;
    }

    private static void WriteTable(CliConsole console, GallerySearchResult found, TimeSpan elapsed)
    {
        Table table = console.NewTable("#", "distance", "similarity", "key", "title", "artist", "genre", "style", "year");
        int place = 0;
        foreach (SimilarPainting result in found.Results)
        {
            string[] cells =
            [
                (++place).ToString(CultureInfo.InvariantCulture),
                result.Distance.ToString("0.0000", CultureInfo.InvariantCulture),
                result.Similarity.ToString("0.0000", CultureInfo.InvariantCulture),
                result.Painting.Key,
                result.Painting.Title ?? "",
                result.Painting.Artist ?? "",
                result.Painting.Genre ?? "",
                result.Painting.Style ?? "",
                result.Painting.Year?.ToString(CultureInfo.InvariantCulture) ?? "",
            ];
            table.AddRow([.. cells.Select(Markup.Escape)]);
        }

        console.Screen.Write(table);
        console.Error.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{found.Results.Count} works in {elapsed.TotalSeconds:0.000} s, {(found.IsExact ? "exact" : "approximate")} search in {found.Space}."));
    }
}
