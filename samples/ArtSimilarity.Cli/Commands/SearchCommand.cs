using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using ArtSimilarity.Cli.CommandLine;
using ArtSimilarity.Cli.Files;
using ArtSimilarity.Cli.Galleries;
using ArtSimilarity.Cli.Output;
using ArtSimilarity.Cli.Reports;
using ArtSimilarity.Galleries;
using ArtSimilarity.Imaging;

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
        Option<string[]> space = Repeatable("--space", "A feature space to search and how much it counts; given several times, all are searched at once. A name is what 'artsim info' lists as a model, without folder and extension.");
        space.HelpName = "NAME=WEIGHT";
        Option<bool> json = CommonOptions.Json();
        var html = new Option<string?>("--html") { Description = "Write a report with the pictures to this file.", HelpName = "FILE" };
        Option<bool> force = CommonOptions.Force();

        var command = new TeachingCommand("search", "Finds the works of a gallery that look like an image, or like one of its own.")
        {
            Examples =
            [
                ("Works that look like a picture", "artsim search photo.jpg --gallery my.db -k 5"),
                ("Works that look like one of the gallery's own", "artsim search art042 --gallery my.db"),
                ("Only certain ones", "artsim search photo.jpg --gallery my.db --genre portrait --genre landscape --from-year 1850 --to-year 1900"),
                ("In the time it takes to be nearly exact", "artsim search photo.jpg --gallery my.db -k 250 --quality 0.95"),
                ("By two models at once", "artsim search photo.jpg --gallery my.db --space mobilenetv2-7=0.6 --space classical=0.4"),
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
        command.Add(space);
        command.Add(json);
        command.Add(html);
        command.Add(force);
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

            if (result.GetResult(space) is not null && result.GetResult(model) is not null)
            {
                result.AddError("--space names the models itself: give it or --model.");
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
            SpaceOption.Parse(parsed.GetValue(space) ?? []),
            parsed.GetValue(json),
            parsed.GetValue(html),
            parsed.GetValue(force),
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
        CliConsole console, string query, string galleryPath, int k, PaintingFilter filter, string? regionText, bool exact, double? quality, string? model, IReadOnlyList<SpaceOption> spaces, bool json, string? html, bool force, CancellationToken cancellationToken)
    {
        if (regionText is not null)
        {
            RegionOption.ThrowUnlessNumbers(regionText);
        }

        using OutputFile? report = html is null ? null : OutputFile.Prepare("--html", html, force, galleryPath, query, model);
        bool isKey = false;
        async ValueTask<bool> NeedsModel(IGalleryStore store)
        {
            isKey = (await store.FindAsync([query], cancellationToken)).Count > 0;
            return isKey ? regionText is not null : File.Exists(query); // of a typing error no model need be loaded to tell
        }

        await using OpenGallery gallery = spaces.Count == 0
            ? await OpenGallery.ForReadingAsync(galleryPath, model, NeedsModel, ImageLimits.Default, cancellationToken)
            : await OpenGallery.ForReadingAsync(galleryPath, spaces, NeedsModel, ImageLimits.Default, cancellationToken);
        if (!isKey && !File.Exists(query))
        {
            throw new CommandFailedException($"'{query}' is neither an image file nor the key of a work in {galleryPath}.");
        }

        Painting? work = isKey ? (await gallery.Store.FindAsync([query], cancellationToken))[query].Painting : null;
        string? image = isKey ? work!.ImageUri : query;
        var clock = Stopwatch.StartNew();
        SpaceWeight[] weights = gallery.Spaces.Count == 0
            ? [new SpaceWeight(await gallery.SpaceAsync(cancellationToken), 1)]
            : [.. gallery.Spaces.Select(asked => new SpaceWeight(asked.Space, asked.Weight))];
        var options = new GallerySearchOptions
        {
            Filter = filter.IsEmpty ? null : filter,
            Region = regionText is null ? null : RegionOption.Parse(regionText, gallery.Decoder, image),
            Spaces = weights,
            Exact = exact,
            Quality = quality,
        };
        foreach (SpaceWeight searched in weights.Where(searched => !exact && searched.Weight > 0))
        {
            await gallery.PrepareAsync(console, searched.Space, cancellationToken);
        }

        GallerySearchResult found = isKey
            ? await gallery.Gallery.SearchByKeyAsync(query, k, options, cancellationToken)
            : await gallery.Gallery.SearchAsync(ImageSource.FromFile(query), k, options, cancellationToken);
        TimeSpan elapsed = clock.Elapsed;
        IReadOnlyList<SearchedSpace> named = [.. found.Spaces.Join(gallery.Spaces, searched => searched.Space, asked => asked.Space, (searched, asked) => new SearchedSpace(asked.Name, searched.Space.ModelId, searched.Weight))];

        if (report is not null)
        {
            var thumbnails = new Thumbnails(gallery.Decoder);
            Painting asked = work ?? new Painting(query) { Title = Path.GetFileName(query), ImageUri = Path.GetFullPath(query) };
            var page = new ReportPage(
                "Works that look alike",
                $"{found.Results.Count} works of {Path.GetFileName(galleryPath)} that look like “{asked.Title ?? asked.Key}”{(regionText is null ? "" : ", searched by a detail of it")}.",
                [ReportRow.Create(asked, found, thumbnails, options.Region, cancellationToken, [.. named.Select(searched => searched.Name)])],
                [
                    new("Model", gallery.Model),
                    new("Dimensions", string.Join(" + ", found.Spaces.Select(searched => searched.Space.Dimensions.ToString(CultureInfo.InvariantCulture)))),
                    new("Search", found.IsExact ? "exact" : "approximate"),
                    new("Seconds", elapsed.TotalSeconds.ToString("0.00", CultureInfo.InvariantCulture)),
                ]);
            HtmlReport.Write(report, page);
        }

        if (json)
        {
            JsonDocuments.Write(console, new SearchDocument(
                query,
                JsonDocuments.Seconds(elapsed),
                [.. found.Results.Select(result => FoundWork.From(result) with { Distances = named.Count == 0 ? null : result.SpaceDistances })])
            {
                Spaces = named.Count == 0 ? null : named,
            });
        }
        else if (report is not null)
        {
            console.Output.WriteLine(report.FullPath);
        }
        else
        {
            WriteTable(console, found, named, elapsed);
        }

        return ExitCode.Done;
    }

    private static void WriteTable(CliConsole console, GallerySearchResult found, IReadOnlyList<SearchedSpace> named, TimeSpan elapsed)
    {
        // Of one space alone the distance is the distance.
        IEnumerable<string> parts = named.Count > 1 ? named.Select(searched => searched.Name) : [];
        ConsoleTable table = console.NewTable(["#", "distance", .. parts, "similarity", "key", "title", "artist", "genre", "style", "year"]);
        int place = 0;
        foreach (SimilarPainting result in found.Results)
        {
            string[] cells =
            [
                (++place).ToString(CultureInfo.InvariantCulture),
                result.Distance.ToString("0.0000", CultureInfo.InvariantCulture),
                .. parts.Zip(result.SpaceDistances, (_, distance) => distance.ToString("0.0000", CultureInfo.InvariantCulture)),
                result.Similarity.ToString("0.0000", CultureInfo.InvariantCulture),
                result.Painting.Key,
                result.Painting.Title ?? "",
                result.Painting.Artist ?? "",
                result.Painting.Genre ?? "",
                result.Painting.Style ?? "",
                result.Painting.Year?.ToString(CultureInfo.InvariantCulture) ?? "",
            ];
            table.AddRow(cells);
        }

        console.Write(table);
        console.Error.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{found.Results.Count} works in {elapsed.TotalSeconds:0.000} s, {(found.IsExact ? "exact" : "approximate")} search in {string.Join(" and ", found.Spaces.Select(searched => found.Spaces.Count == 1 ? $"{searched.Space}" : string.Create(CultureInfo.InvariantCulture, $"{searched.Space} of weight {searched.Weight:0.###}")))}."));
    }
}
