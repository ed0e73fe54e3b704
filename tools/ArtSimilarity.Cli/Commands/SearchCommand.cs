using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using ArtSimilarity.Catalogues;
using ArtSimilarity.Cli.CommandLine;
using ArtSimilarity.Cli.Files;
using ArtSimilarity.Cli.Galleries;
using ArtSimilarity.Cli.Output;
using ArtSimilarity.Cli.Reports;
using ArtSimilarity.CommandLine;
using ArtSimilarity.Duplicates;
using ArtSimilarity.Features;
using ArtSimilarity.Files;
using ArtSimilarity.Galleries;
using ArtSimilarity.Imaging;
using ArtSimilarity.Recognition;
using ArtSimilarity.NetVips;

namespace ArtSimilarity.Cli.Commands;

/// <summary><c>artsim search</c>: finds the works of a gallery that look like an image or like one of its own.</summary>
internal static class SearchCommand
{
    private static readonly string[] StatisticsColumns = ["rank", "rank back", "percentile", "hub-corrected"];

    /// <summary>A photograph covers so many pixels each way: enough for views of a part of it.</summary>
    private const int PhotoSide = 560;

    /// <summary>So many results are asked for at first for each one that is wanted, where copies are put together.</summary>
    private const int ResultsPerFolded = 2;

    public static Command Create(CliConsole console)
    {
        var query = new Argument<string>("query") { Description = "An image file, the key of a work in the gallery, an address on the web (with --allow-http), or - for an image from the standard input. Where a key and a file exist, the key wins; write ./name for the file." };
        Option<string[]> like = Part("--like", "Works should look like this too: the key of a work, an image file or an address. May be given several times; all count as much as the query.");
        Option<string[]> unlike = Part("--unlike", "Works should not look like this: those nearer to it than to what is wanted are pushed back. May be given several times.");
        Option<string> gallery = CommonOptions.Gallery();
        Option<int> k = CommonOptions.AtLeastOne("-k", "How many works to return.", "N");
        k.DefaultValueFactory = _ => 10;
        var filter = new FilterOptions();
        var refinement = new RefinementOptions();
        var region = new Option<string?>("--region")
        {
            Description = "Search by a detail of the query: its left, top, width and height as fractions, or as pixels of the upright image when any number is above 1.",
            HelpName = "X,Y,W,H",
        };
        var photo = new Option<bool>("--photo") { Description = "The query is a photograph with a work somewhere in it: search by the pictures found in it, rectified, and by crops. Works whose points agree with the photograph come first." };
        var noVerify = new Option<bool>("--no-verify") { Description = "With --photo: order the works by the nearest view alone, without comparing their pictures with the photograph." };
        var mirror = new Option<bool>("--mirror") { Description = "Mirror images of the query count too." };
        var fold = new Option<bool>("--fold") { Description = "Put results that show the same work under the nearest of them; their pictures are compared, as by 'artsim duplicates'." };
        var inRegions = new Option<bool>("--in-regions") { Description = "Look for the query in the regions of works, as for a detail, and say where it lies. The works were indexed with 'artsim index --regions'." };
        var exact = new Option<bool>("--exact") { Description = "Compare with every work instead of asking the approximate index." };
        Option<double?> quality = CommonOptions.Quality(
            "How near the answer must come to the exact one, e.g. 0.95: the mean, over the neighbours found, of their place divided by their true rank. 1 is exact. 'artsim tune' measures what it takes.", mayBeExact: true);
        Option<double?> maxDistance = CommonOptions.NotNegative("--max-distance", "Only works that are no farther from the query than this.", "D");
        Option<string?> model = CommonOptions.Model($"The model to compare by, one the gallery was indexed with: {ModelReference.Help} The default is the gallery's own.");
        var grey = new Option<bool>("--grey") { Description = "Compare without colours, as for a black-and-white reproduction. The works were indexed with 'artsim index --grey'." };
        Option<TimeSpan?> loadTimeout = CommonOptions.LoadTimeout();
        var space = new Option<string[]>("--space")
        {
            Description = "A feature space to search and how much it counts; given several times, all are searched at once. A name is what 'artsim info' lists as a model, without folder and extension.",
            HelpName = "NAME=WEIGHT",
            Arity = ArgumentArity.OneOrMore,
        };
        Option<long?> maxBytes = CommonOptions.MaxBytes(), maxPixels = CommonOptions.MaxPixels();
        Option<bool> acceptDamaged = CommonOptions.AcceptDamaged();
        Option<string[]> allowHttp = CommonOptions.AllowHttp();
        Option<bool> allowPrivate = CommonOptions.AllowPrivateAddresses();
        Option<bool> json = CommonOptions.Json();
        var html = new Option<string?>("--html") { Description = "Write a report with the pictures to this file.", HelpName = "FILE" };
        Option<string?> csv = CommonOptions.Csv();
        Option<bool> force = CommonOptions.Force();

        var command = new TeachingCommand("search", "Finds the works of a gallery that look like an image, or like one of its own.")
        {
            Examples =
            [
                ("Works that look like a picture", "artsim search photo.jpg --gallery my.db -k 5"),
                ("Works that look like one of the gallery's own", "artsim search art042 --gallery my.db"),
                ("Like two works, and unlike a third", "artsim search art042 --like art017 --unlike art003 --gallery my.db"),
                ("By other artists, unlike one another, with what the numbers mean", "artsim search art042 --gallery my.db --other-artists --diversity 0.3 --ranks"),
                ("Only certain ones", "artsim search photo.jpg --gallery my.db --genre portrait --genre landscape --from-year 1850 --to-year 1900"),
                ("Only those of one museum", "artsim search photo.jpg --gallery my.db --field museum=Prado"),
                ("Only near ones, as a table for a spreadsheet", "artsim search photo.jpg --gallery my.db -k 100 --max-distance 0.5 --csv found.csv"),
                ("In the time it takes to be nearly exact", "artsim search photo.jpg --gallery my.db -k 250 --quality 0.95"),
                ("By two models at once", "artsim search photo.jpg --gallery my.db --space mobilenetv2-7=0.6 --space classical=0.4"),
                ("By a detail, with pictures", "artsim search photo.jpg --gallery my.db --region 0.5,0.5,0.25,0.25 --html detail.html"),
                ("By a detail of a work whose picture is on the web", "artsim search art042 --gallery my.db --region 0,0,0.5,0.5 --allow-http iiif.example.org"),
                ("By a detail, wherever it lies in a work", "artsim search detail.jpg --gallery my.db --in-regions"),
                ("A canvas on a wall, mirrored or not", "artsim search photo.jpg --gallery my.db --photo --mirror"),
                ("By a black-and-white reproduction", "artsim search photo.jpg --gallery my.db --grey"),
                ("Each work once, its copies below it", "artsim search art042 --gallery my.db --fold"),
                ("By a picture of another program", "curl -s https://example.org/photo.jpg | artsim search - --gallery my.db"),
            ],
        };
        command.Add(query);
        command.Add(like);
        command.Add(unlike);
        command.Add(gallery);
        command.Add(k);
        filter.AddTo(command);
        refinement.AddTo(command);
        foreach (Option option in (Option[])[region, photo, noVerify, mirror, fold, inRegions, exact, quality, maxDistance, model, grey, loadTimeout, space, maxBytes, maxPixels, acceptDamaged, allowHttp, allowPrivate, json, html, csv, force])
        {
            command.Add(option);
        }

        command.AddCheck(result =>
        {
            if (result.GetValue(inRegions) && (refinement.Reorders(result) || (result.GetValue(space)?.Length ?? 0) > 1))
            {
                result.AddError("--in-regions takes one --space, and neither --diversity, --hub-corrected, --ranks nor --max-percentile.");
            }

            if (result.GetValue(photo) && result.GetResult(region) is not null)
            {
                result.AddError("--photo looks for the picture by itself: give it or --region.");
            }

            if (result.GetValue(noVerify) && !result.GetValue(photo))
            {
                result.AddError("--no-verify changes nothing without --photo.");
            }

            if (result.GetValue(exact) && result.GetResult(quality) is not null)
            {
                result.AddError("--exact is --quality 1: give one of the two.");
            }

            if (result.GetResult(space) is not null && result.GetResult(model) is not null)
            {
                result.AddError("--space names the models itself: give it or --model.");
            }

            if (result.GetResult(space) is not null && result.GetValue(grey))
            {
                result.AddError("--space names the models itself: give it or --grey. Grey ones begin with grey:, e.g. --space grey:classical=0.5.");
            }

            if (result.GetValue(allowPrivate) && result.GetResult(allowHttp) is null)
            {
                result.AddError("--allow-private-addresses changes nothing without --allow-http HOST.");
            }

            if (result.GetValue(json) && result.GetValue(csv) == CsvOutput.StandardOutput)
            {
                result.AddError("--json and --csv - would both be on the output: name a file for one.");
            }
        });
        command.SetAction((parsed, cancellationToken) => RunAsync(
            console,
            new SearchOptions(
                parsed.GetRequiredValue(query),
                new QueryParts(parsed.GetValue(like) ?? [], parsed.GetValue(unlike) ?? []),
                refinement.Read(parsed),
                parsed.GetRequiredValue(gallery),
                parsed.GetValue(k),
                filter.Filter(parsed),
                parsed.GetValue(region),
                parsed.GetValue(photo),
                parsed.GetValue(noVerify),
                parsed.GetValue(mirror),
                parsed.GetValue(fold),
                parsed.GetValue(inRegions),
                parsed.GetValue(exact),
                parsed.GetValue(quality),
                parsed.GetValue(maxDistance),
                parsed.GetValue(model),
                parsed.GetValue(grey),
                SpaceOption.Parse(parsed.GetValue(space) ?? []),
                new InputLimits(parsed.GetValue(maxBytes), parsed.GetValue(maxPixels)) 
                {
                    AcceptDamaged = parsed.GetValue(acceptDamaged),
                    LoadTimeout = parsed.GetValue(loadTimeout),
                    Access = new ImageAccess(parsed.GetValue(allowHttp) ?? [], parsed.GetValue(allowPrivate)),
                },
                parsed.GetValue(json),
                parsed.GetValue(html),
                parsed.GetValue(csv),
                parsed.GetValue(force)),
            cancellationToken));
        return command;
    }

    private static Option<string[]> Part(string name, string description) =>
        new(name) { Description = description, HelpName = "KEY|FILE", Arity = ArgumentArity.OneOrMore };

    private static async Task<int> RunAsync(CliConsole console, SearchOptions asked, CancellationToken cancellationToken)
    {
        string query = asked.Query, galleryPath = asked.Gallery;
        string? modelFile = asked.Model is null ? null : ModelReference.FileOf(asked.Model);
        if (asked.Region is not null)
        {
            RegionOption.ThrowUnlessNumbers(asked.Region);
        }

        using OutputFile? report = asked.Html is null ? null : OutputFile.Prepare("--html", asked.Html, asked.Force, galleryPath, query, modelFile);
        using OutputFile? table = asked.Csv is null or CsvOutput.StandardOutput ? null : OutputFile.Prepare("--csv", asked.Csv, asked.Force, galleryPath, query, modelFile);
        if (report is not null && table is not null && RealPath.AreSame(RealPath.Of(report.FullPath), RealPath.Of(table.FullPath)))
        {
            throw new UsageException("--html and --csv name the same file.");
        }

        bool isInput = query == SearchOptions.StandardInput, isAddress = ImageAccess.IsWebAddress(query), isKey = false;
        async ValueTask<bool> NeedsModel(IGalleryStore store)
        {
            isKey = !isInput && (await store.FindAsync([query], cancellationToken)).Count > 0;
            return await asked.Parts.HaveImagesAsync(store, cancellationToken)
                || (isKey ? asked.Region is not null || asked.HasViews : isInput || isAddress || File.Exists(query)); // of a typing error no model need be loaded to tell
        }

        await using OpenGallery gallery = asked.Spaces.Count == 0
            ? await OpenGallery.ForReadingAsync(console, galleryPath, asked.Model, asked.IsGrey, NeedsModel, asked.Limits, cancellationToken, findsWorks: asked.Photo && !asked.IsGrey)
            : await OpenGallery.ForReadingAsync(console, galleryPath, asked.Spaces, NeedsModel, asked.Limits, cancellationToken);
        if (!isKey && !isInput && !isAddress && !File.Exists(query))
        {
            throw new CommandFailedException(Directory.Exists(query)
                ? $"'{query}' is a folder: name one image file, or the key of a work in {galleryPath}."
                : $"'{query}' is neither an image file nor the key of a work in {galleryPath}.");
        }

        await FilterOptions.ThrowIfUnknownAsync(gallery.Store, asked.Filter, cancellationToken);
        Painting? work = isKey ? (await gallery.Store.FindAsync([query], cancellationToken))[query].Painting : null;
        ImageSource? image = isInput ? await ReadInputAsync(console, asked.Limits, cancellationToken)
            : isKey ? null
            : isAddress ? await gallery.Opener.OpenAsync(query, null, cancellationToken)
            : ImageSource.FromFile(query);
        async ValueTask<ImageSource?> OpenAsync() => image ?? (work?.ImageUri is string uri ? await gallery.Opener.OpenAsync(uri, null, cancellationToken) : null);
        var clock = Stopwatch.StartNew();
        SpaceWeight[] weights = gallery.Spaces.Count == 0
            ? [await gallery.SpaceAsync(cancellationToken)]
            : [.. gallery.Spaces.Select(space => new SpaceWeight(space.Space, space.Weight))];
        ImageRegion? region = asked.Region is null ? null : await RegionOption.ParseAsync(asked.Region, gallery.Decoder, OpenAsync);
        IReadOnlyList<PhotoView> views = [];
        ImageSource? photo = null;
        QueryPart? ofViews = null;
        if (asked.HasViews)
        {
            photo = await OpenAsync() ?? throw new UsageException($"--photo and --mirror look at an image, and the work '{query}' has none.");
            if (!asked.Verifies)
            {
                (ofViews, views) = await ViewAsync(gallery, photo, asked.Photo, asked.Mirror, region, cancellationToken);
            }
        }

        IReadOnlyList<QueryPart> further = await asked.Parts.ReadAsync(gallery, cancellationToken);
        GalleryQuery? inParts = asked.Verifies || (further.Count == 0 && ofViews is null) ? null
            : new GalleryQuery([ofViews ?? (isKey ? QueryPart.OfWork(query, region) : QueryPart.OfImage(image!, region)), .. further]);
        RegionLayout? layout = asked.InRegions ? await RegionsOfAsync(gallery, galleryPath, weights[0].Space, cancellationToken) : null;
        var options = new GallerySearchOptions
        {
            Filter = asked.Filter.IsEmpty ? null : asked.Filter,
            Region = inParts is null ? region : null,
            Spaces = weights,
            Regions = layout,
            Quality = asked.Exact ? 1 : asked.Quality,
            LeaveOut = isKey && asked.HasViews ? WithoutWork(asked.Refinement.LeaveOut, query) : asked.Refinement.LeaveOut,
            Diversity = asked.Refinement.Diversity,
            HubCorrected = asked.Refinement.HubCorrected,
            IncludeStatistics = asked.Refinement.Ranks,
            MaxPercentile = asked.Refinement.MaxPercentile,
        };
        IEnumerable<QueryPart> parts = inParts?.Parts ?? further;
        asked.Refinement.ThrowUnlessApplicable((isKey && !asked.HasViews) || parts.Any(part => part.IsWanted && part.Views.Any(view => view.Key is not null)));
        foreach (SpaceWeight searched in weights.Where(searched => options.Quality != 1 && searched.Weight > 0))
        {
            await gallery.PrepareAsync(console, layout?.SpaceOf(searched.Space) ?? searched.Space, cancellationToken);
        }

        int wanted = asked.Fold ? (int)Math.Min(int.MaxValue, asked.K * (long)ResultsPerFolded) : asked.K;
        SearchAnswer answer = asked.Verifies
            ? await SearchPhotoAsync(console, gallery, asked, photo!, wanted, options, further, cancellationToken)
            : await SearchAsync(inParts is not null
                ? gallery.Gallery.SearchAsync(inParts, wanted, options, cancellationToken)
                : isKey
                ? gallery.Gallery.SearchByKeyAsync(query, wanted, options, cancellationToken)
                : gallery.Gallery.SearchAsync(image!, wanted, options, cancellationToken));
        async Task<SearchAnswer> SearchAsync(Task<GallerySearchResult> searching)
        {
            GallerySearchResult result = await searching;
            return new SearchAnswer(result, result.Results) { Views = views };
        }

        GallerySearchResult found = answer.Found;
        foreach (string warning in found.Warnings)
        {
            console.Warn($"{query}: {warning}");
        }

        if (await HintAsync(gallery, asked, found, cancellationToken) is string hint)
        {
            console.Warn(hint);
        }

        IReadOnlyList<SimilarPainting> near = asked.MaxDistance is double limit
            ? [.. answer.Results.Where(result => result.Distance <= limit)]
            : answer.Results;
        IReadOnlyList<FoldedResult> folded = asked.Fold
            ? await ResultFolding.FoldAsync(
                gallery.Gallery, near, new DuplicateOptions { Verifier = new AlignmentVerifier(gallery.Decoder, gallery.Opener) }, found.Spaces[0].Space, asked.K, cancellationToken)
            : [.. near.Select(result => new FoldedResult(result, []))];
        near = [.. folded.Select(result => result.Result)];
        Dictionary<string, string[]> copies = folded.ToDictionary(result => result.Result.Painting.Key, result => result.Copies.Select(copy => copy.Painting.Key).ToArray());
        TimeSpan elapsed = clock.Elapsed;
        IReadOnlyList<SearchDocument.SearchedSpace> named = [.. found.Spaces.Join(gallery.Spaces, searched => searched.Space, space => space.Space, (searched, space) => new SearchDocument.SearchedSpace(space.Name, searched.Space.ModelId, searched.Weight))];

        ReportPage? page = null;
        if (report is not null)
        {
            var thumbnails = new Thumbnails(gallery.Decoder, gallery.Opener);
            Painting shown = work ?? new Painting(query) { Title = isInput ? "Standard input" : Path.GetFileName(query), ImageUri = isInput ? null : isAddress ? query : Path.GetFullPath(query) };
            page = new ReportPage(
                "Works that look alike",
                $"{Counted.Of(near.Count, "work")} of {Path.GetFileName(galleryPath)} that {(near.Count == 1 ? "looks" : "look")} like “{shown.Title ?? shown.Key}”{(asked.Region is null ? "" : ", searched by a detail of it")}{asked.Parts.Sentence}.",
                [await ReportRow.CreateAsync(shown, image, near, thumbnails, region, cancellationToken, [.. named.Select(searched => searched.Name)], result => answer.VerificationOf(result) is { IsVerified: true } verified ? verified.Probability : null)],
                [
                    new("Model", gallery.Model),
                    new("Dimensions", string.Join(" + ", found.Spaces.Select(searched => searched.Space.Dimensions.ToString(CultureInfo.InvariantCulture)))),
                    new("Search", found.IsExact ? "exact" : "approximate"),
                    new("Seconds", elapsed.TotalSeconds.ToString("0.00", CultureInfo.InvariantCulture)),
                ]);
            if (thumbnails.Refused is [ImageDecodeException first, ..])
            {
                console.Warn($"{Counted.Of(thumbnails.Refused.Count, "picture is", "pictures are")} not shown in the report, e.g. {first.Message}");
            }
        }

        return ResultWriter.Write(console, asked.Json, new CommandResult<SearchDocument>(
            () => new SearchDocument(
                query,
                JsonDocuments.Seconds(elapsed),
                [.. near.Select(result => SearchDocument.FoundWork.From(result) with { Distances = named.Count == 0 ? null : result.SpaceDistances, NearestTo = asked.Parts.NearestTo(query, result), Statistics = SearchDocument.MeaningOfDistance.From(result.Statistics), Region = result.Region is ImageRegion part ? [part.X, part.Y, part.Width, part.Height] : null, View = answer.ViewOf(result), Copies = asked.Fold ? copies[result.Painting.Key] : null }).Select((work, place) => work.With(answer.VerificationOf(near[place])))])
            {
                Spaces = named.Count == 0 ? null : named,
                Like = asked.Parts.IsEmpty ? null : asked.Parts.Like,
                Unlike = asked.Parts.IsEmpty ? null : asked.Parts.Unlike,
            },
            console =>
            {
                if (report is null && asked.Csv is null)
                {
                    WriteTable(console, asked, answer, near, copies, named, elapsed);
                }

                foreach (OutputFile? file in (OutputFile?[])[report, table])
                {
                    if (file is not null)
                    {
                        (asked.Csv == CsvOutput.StandardOutput ? console.Error : console.Output).WriteLine(file.FullPath);
                    }
                }
            })
        {
            Files =
            [
                .. report is null ? [] : (IResultFile[])[new HtmlFile(report, page!)],
                .. asked.Csv is null ? [] : (IResultFile[])[new CsvFile(table, CsvLines(answer, near, asked.Fold ? copies : null, named))],
            ],
        });
    }

    /// <summary>Why nothing was found, or only some works could be; <see langword="null"/> where there is nothing to say.</summary>
    private static async Task<string?> HintAsync(OpenGallery gallery, SearchOptions asked, GallerySearchResult found, CancellationToken cancellationToken)
    {
        NamedSpace[] searched = [.. gallery.Spaces.Where(space => found.Spaces.Any(weight => weight.Space == space.Space))];
        if (searched.Length > 1)
        {
            IReadOnlyList<FeatureSpaceSummary> held = await gallery.Store.GetFeatureSpacesAsync(cancellationToken);
            int most = held.Where(summary => searched.Any(space => space.Space == summary.Space)).Max(summary => summary.Count);
            if (found.WorkCount < most)
            {
                string all = searched.Length == 2 ? $"both {searched[0].Name} and {searched[1].Name}" : $"all of {string.Join(", ", searched.Select(space => space.Name))}";
                string models = string.Join(" or ", searched.Select(space => space.Model.IsKnown ? space.Model.Origin.Reference : space.Name));
                return $"{(found.WorkCount == 0 ? $"no work has a signature in {all}, so nothing can be found" : $"only {Counted.Of(found.WorkCount, "work has", "works have")} a signature in {all}, so {Counted.Of(most - found.WorkCount, "work", "works")} cannot be found")}: index the pictures with the model that is missing: artsim index PATH --gallery {ShellText.Quote(asked.Gallery)} --model {models}";
            }
        }

        return found.Results.Count == 0 && !asked.Filter.IsEmpty && found.WorkCount > 0 ? $"none of {Counted.Of(found.WorkCount, "work")} passes the filter and can be compared." : null;
    }

    private static async Task<ImageSource> ReadInputAsync(CliConsole console, InputLimits limits, CancellationToken cancellationToken)
    {
        await using Stream input = console.OpenInput();
        int longest = (int)Math.Min(int.MaxValue, limits.MaxBytes ?? new NetVipsOptions().MaxBytes);
        return await ImageSource.FromStreamAsync(input, "the standard input", longest, cancellationToken).WaitAsync(cancellationToken); // a read of a pipe cannot be cancelled
    }

    private static IEnumerable<string> CsvLines(SearchAnswer answer, IReadOnlyList<SimilarPainting> near, Dictionary<string, string[]>? copies, IReadOnlyList<SearchDocument.SearchedSpace> named)
    {
        IEnumerable<string> parts = named.Count > 1 ? named.Select(searched => "distance_" + searched.Name) : [];
        string[] columns = ["place", "key", "distance", "similarity", .. parts, .. near.Any(result => result.Region is not null) ? (string[])["region"] : [], .. near.Any(result => result.Statistics is not null) ? (string[])["rank", "reverse_rank", "percentile", "hub_corrected"] : [], .. answer.Compared is null ? [] : (string[])["verified", "probability", "points"], .. copies is null ? [] : (string[])["copies"], "title", "artist", "genre", "style", "year", "tags", "uri"];
        var further = new CatalogueColumns([.. near.Select(result => result.Painting)], columns);
        yield return CsvLine.Of([.. columns, .. further.Names]);
        int place = 0;
        foreach (SimilarPainting result in near)
        {
            yield return CsvLine.Of(
            [
                (++place).ToString(CultureInfo.InvariantCulture),
                result.Painting.Key,
                result.Distance.ToString(CultureInfo.InvariantCulture),
                result.Similarity.ToString(CultureInfo.InvariantCulture),
                .. parts.Zip(result.SpaceDistances, (_, distance) => distance.ToString(CultureInfo.InvariantCulture)),
                .. RegionCell(result.Region, "R"),
                .. StatisticsCells(result.Statistics),
                .. answer.VerificationOf(result) is { } verification ? (string[])[verification.IsVerified ? "true" : "false", verification.Probability?.ToString(CultureInfo.InvariantCulture) ?? "", verification.Points?.ToString(CultureInfo.InvariantCulture) ?? ""] : [],
                .. copies is null ? [] : (string[])[string.Join(" | ", copies[result.Painting.Key])],
                result.Painting.Title,
                string.Join(" | ", result.Painting.Artists),
                result.Painting.Genre,
                result.Painting.Style,
                result.Painting.Year?.ToString(CultureInfo.InvariantCulture),
                string.Join(" | ", result.Painting.Tags),
                result.Painting.ImageUri,
                .. further.Of(result.Painting),
            ]);
        }
    }

    /// <summary>A work's own picture is an image like any other when it is looked at in several ways, so the work must be left out by name.</summary>
    private static ResultExclusions WithoutWork(ResultExclusions? leaveOut, string key) =>
        (leaveOut ?? new ResultExclusions()) with { Keys = [.. leaveOut?.Keys ?? [], key] };

    /// <summary>The query looked at in several ways: of a photograph its pictures and crops, each mirrored where that is asked for.</summary>
    private static async Task<(QueryPart Part, IReadOnlyList<PhotoView> Views)> ViewAsync(
        OpenGallery gallery, ImageSource source, bool isPhoto, bool alsoMirrored, ImageRegion? region, CancellationToken cancellationToken)
    {
        using RgbImage image = await gallery.Decoder.DecodeAsync(source, new ImageSize(PhotoSide, PhotoSide), region, cancellationToken);
        IReadOnlyList<PhotoView> views = isPhoto ? PhotoViews.OfPhoto(image, cancellationToken: cancellationToken) : [PhotoViews.Whole];
        views = alsoMirrored ? PhotoViews.WithMirrored(views) : views;
        return (await PhotoViews.ToQueryPartAsync(image, views, gallery.Gallery.Extractors, Environment.ProcessorCount, cancellationToken), views);
    }

    /// <summary>The works that the photograph shows, and behind them those that look like a view of it.</summary>
    private static async Task<SearchAnswer> SearchPhotoAsync(
        CliConsole console, OpenGallery gallery, SearchOptions asked, ImageSource photo, int count, GallerySearchOptions options, IReadOnlyList<QueryPart> further, CancellationToken cancellationToken)
    {
        var identifier = new PaintingIdentifier(gallery.Gallery, gallery.Decoder, gallery.Opener, new IdentifierOptions { Mirrored = asked.Mirror });
        PhotoSearchResult found = await identifier.SearchAsync(photo, count, options, further, cancellationToken);
        if (found.NotComparable is [IdentifiedCandidate first, ..])
        {
            console.Warn($"{Counted.Of(found.NotComparable.Count, "work")} could not be compared with the photograph, e.g. {first.Painting.Key}: {first.Problem}");
        }

        return new SearchAnswer(found.Views, [.. found.Results.Select(candidate => candidate.Similar)])
        {
            Compared = found.Results.ToDictionary(candidate => candidate.Painting.Key, StringComparer.Ordinal),
        };
    }

    private static async Task<RegionLayout> RegionsOfAsync(OpenGallery gallery, string galleryPath, FeatureSpace space, CancellationToken cancellationToken)
    {
        IReadOnlyList<FeatureSpaceSummary> held = await gallery.Store.GetFeatureSpacesAsync(cancellationToken);
        return Array.Find([RegionLayout.Default, RegionLayout.Pooled], layout => held.Any(summary => summary.Space == layout.SpaceOf(space)))
            ?? throw new CommandFailedException($"the gallery {galleryPath} has no regions of {space}: index the pictures again with --regions.");
    }

    /// <summary>A region as <c>--region</c> takes it.</summary>
    private static IEnumerable<string> RegionCell(ImageRegion? region, string format) => region is not ImageRegion part ? [] :
        [string.Join(',', new[] { part.X, part.Y, part.Width, part.Height }.Select(number => number.ToString(format, CultureInfo.InvariantCulture)))];

    private static IEnumerable<string> StatisticsCells(ResultStatistics? statistics) => statistics is null ? [] :
    [
        statistics.Rank.ToString(CultureInfo.InvariantCulture),
        statistics.ReverseRank?.ToString(CultureInfo.InvariantCulture) ?? $"over {ResultStatistics.MaxReverseRank}",
        statistics.Percentile?.ToString("0.###", CultureInfo.InvariantCulture) ?? "",
        statistics.HubCorrectedScore.ToString("0.0000", CultureInfo.InvariantCulture),
    ];

    private static void WriteTable(CliConsole console, SearchOptions asked, SearchAnswer answer, IReadOnlyList<SimilarPainting> near, Dictionary<string, string[]> copies, IReadOnlyList<SearchDocument.SearchedSpace> named, TimeSpan elapsed)
    {
        // Of one space alone the distance is the distance.
        IEnumerable<string> parts = named.Count > 1 ? named.Select(searched => searched.Name) : [];
        ConsoleTable table = console.NewTable(["#", "distance", .. parts, "similarity", .. asked.Parts.IsEmpty ? (string[])[] : ["nearest to"], .. asked.Verifies ? (string[])["verified"] : [], .. asked.HasViews ? (string[])["view"] : [], .. asked.InRegions ? (string[])["region"] : [], .. asked.Refinement.Ranks ? StatisticsColumns : [], "key", .. asked.Fold ? (string[])["copies"] : [], "title", "artist", "genre", "style", "year", "tags"]);
        int place = 0;
        foreach (SimilarPainting result in near)
        {
            string[] cells =
            [
                (++place).ToString(CultureInfo.InvariantCulture),
                result.Distance.ToString("0.0000", CultureInfo.InvariantCulture),
                .. parts.Zip(result.SpaceDistances, (_, distance) => distance.ToString("0.0000", CultureInfo.InvariantCulture)),
                result.Similarity.ToString("0.0000", CultureInfo.InvariantCulture),
                .. asked.Parts.NearestTo(asked.Query, result) is string nearest ? (string[])[nearest] : [],
                .. answer.VerificationOf(result) is { } verification ? (string[])[verification.Text] : [],
                .. asked.HasViews ? (string[])[answer.ViewOf(result)?.Text ?? ""] : [],
                .. RegionCell(result.Region, "0.###"),
                .. StatisticsCells(result.Statistics),
                result.Painting.Key,
                .. asked.Fold ? (string[])[string.Join("; ", copies[result.Painting.Key])] : [],
                result.Painting.Title ?? "",
                string.Join("; ", result.Painting.Artists),
                result.Painting.Genre ?? "",
                result.Painting.Style ?? "",
                result.Painting.Year?.ToString(CultureInfo.InvariantCulture) ?? "",
                ConsoleTable.Joined(result.Painting.Tags),
            ];
            table.AddRow(cells);
        }

        console.Write(table);
        GallerySearchResult found = answer.Found;
        console.Error.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{Counted.Of(near.Count, "work")} in {elapsed.TotalSeconds:0.000} s, {(found.IsExact ? "exact" : "approximate")} search in {string.Join(" and ", found.Spaces.Select(searched => found.Spaces.Count == 1 ? $"{searched.Space}" : string.Create(CultureInfo.InvariantCulture, $"{searched.Space} of weight {searched.Weight:0.###}")))}."));
    }
}
