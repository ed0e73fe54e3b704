using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using ArtSimilarity.Cli.CommandLine;
using ArtSimilarity.Cli.Figures;
using ArtSimilarity.Cli.Files;
using ArtSimilarity.Cli.Galleries;
using ArtSimilarity.Cli.Output;
using ArtSimilarity.CommandLine;
using ArtSimilarity.Explaining;
using ArtSimilarity.Features;
using ArtSimilarity.Galleries;
using ArtSimilarity.Imaging;

namespace ArtSimilarity.Cli.Commands;

/// <summary><c>artsim explain</c>: which places make two pictures alike.</summary>
internal static class ExplainCommand
{
    private const int ShownPlaces = 5;

    public static Command Create(CliConsole console)
    {
        var a = new Argument<string>("a") { Description = "The key of a work in the gallery, an image file, or an address on the web (with --allow-http). Where a key and a file exist, the key wins." };
        var b = new Argument<string>("b") { Description = "The other picture." };
        Option<string> gallery = CommonOptions.Gallery();
        Option<string?> regionA = Region("--region-a", "first"), regionB = Region("--region-b", "second");
        var point = new Option<string?>("--point")
        {
            Description = "A point of the first picture, or of its detail: fractions of the width and the height. Names the places in the second that look most like it, and marks them.",
            HelpName = "X,Y",
        };
        Option<int> places = CommonOptions.AtLeastOne("--places", $"How many places to name for --point (default: {ShownPlaces}).", "N");
        var output = new Option<string?>("--out", "-o") { Description = "Draw both pictures, and on them which places make them alike, to this file: .png.", HelpName = "FILE" };
        Option<string?> model = CommonOptions.Model($"The model to compare by: {ModelReference.Help} The default is the gallery's own.");
        Option<TimeSpan?> loadTimeout = CommonOptions.LoadTimeout();
        Option<long?> maxBytes = CommonOptions.MaxBytes(), maxPixels = CommonOptions.MaxPixels();
        Option<bool> acceptDamaged = CommonOptions.AcceptDamaged();
        Option<string[]> allowHttp = CommonOptions.AllowHttp();
        Option<bool> allowPrivate = CommonOptions.AllowPrivateAddresses();
        Option<bool> json = CommonOptions.Json();
        Option<bool> force = CommonOptions.Force();
        var command = new TeachingCommand(
            "explain",
            "Tells which places make two pictures alike: what each place adds to their similarity, as numbers that add up to it. The model must end in an average over the picture and linear layers, as the usual ones do.")
        {
            Examples =
            [
                ("Why a work was found, as a picture", "artsim explain photo.jpg art042 --gallery my.db --out why.png"),
                ("Where a point of one work is in another", "artsim explain art001 art042 --gallery my.db --point 0.4,0.6 --out where.png"),
                ("By a detail, as numbers", "artsim explain art001 art042 --gallery my.db --region-a 0.5,0.5,0.25,0.25 --json"),
            ],
        };
        command.Add(a);
        command.Add(b);
        foreach (Option option in (Option[])[gallery, regionA, regionB, point, places, output, model, loadTimeout, maxBytes, maxPixels, acceptDamaged, allowHttp, allowPrivate, json, force])
        {
            command.Add(option);
        }

        command.AddCheck(result =>
        {
            if (result.GetValue(output) is string file && !Path.GetExtension(file).Equals(".png", StringComparison.OrdinalIgnoreCase))
            {
                result.AddError($"--out writes .png, not '{file}'.");
            }

            if (result.GetResult(places) is { Implicit: false } && result.GetResult(point) is null)
            {
                result.AddError("--places changes nothing without --point X,Y.");
            }

            if (result.GetValue(allowPrivate) && result.GetResult(allowHttp) is null)
            {
                result.AddError("--allow-private-addresses changes nothing without --allow-http HOST.");
            }
        });
        command.SetAction((parsed, cancellationToken) => RunAsync(
            console,
            new ExplainOptions(
                parsed.GetRequiredValue(a),
                parsed.GetRequiredValue(b),
                parsed.GetRequiredValue(gallery),
                parsed.GetValue(regionA),
                parsed.GetValue(regionB),
                parsed.GetValue(point) is string text ? Point(text) : null,
                CommonOptions.GivenNumber(parsed, places) ?? ShownPlaces,
                parsed.GetValue(model),
                new InputLimits(parsed.GetValue(maxBytes), parsed.GetValue(maxPixels))
                {
                    AcceptDamaged = parsed.GetValue(acceptDamaged),
                    LoadTimeout = parsed.GetValue(loadTimeout),
                    Access = new ImageAccess(parsed.GetValue(allowHttp) ?? [], parsed.GetValue(allowPrivate)),
                },
                parsed.GetValue(output),
                parsed.GetValue(json),
                parsed.GetValue(force)),
            cancellationToken));
        return command;
    }

    private static Option<string?> Region(string name, string which) => new(name)
    {
        Description = $"Only a detail of the {which} picture: left, top, width and height as fractions, or as pixels of the upright image when any number is above 1.",
        HelpName = "X,Y,W,H",
    };

    private static (double X, double Y) Point(string text)
    {
        string[] parts = text.Split(',', StringSplitOptions.TrimEntries);
        double x = 0, y = 0;
        bool valid = parts.Length == 2
            && double.TryParse(parts[0], NumberStyles.Float, CultureInfo.InvariantCulture, out x)
            && double.TryParse(parts[1], NumberStyles.Float, CultureInfo.InvariantCulture, out y);
        return valid && x is >= 0 and <= 1 && y is >= 0 and <= 1
            ? (x, y)
            : throw new UsageException($"--point {text}: expected x,y as fractions of the width and the height, 0 to 1, e.g. 0.4,0.6.");
    }

    private static async Task<int> RunAsync(CliConsole console, ExplainOptions asked, CancellationToken cancellationToken)
    {
        foreach (string? region in (string?[])[asked.RegionA, asked.RegionB])
        {
            if (region is not null)
            {
                RegionOption.ThrowUnlessNumbers(region);
            }
        }

        using OutputFile? file = asked.Out is null ? null : OutputFile.Prepare("--out", asked.Out, asked.Force, asked.Gallery, asked.A, asked.B, asked.Model);
        await using OpenGallery gallery = await OpenGallery.ForReadingAsync(console, asked.Gallery, asked.Model, _ => ValueTask.FromResult(true), asked.Limits, cancellationToken);
        IFeatureExtractor loaded = gallery.Gallery.Extractors[0];
        if (loaded is not IFeatureMapExtractor extractor)
        {
            throw new CommandFailedException($"the model {gallery.Model} has no feature map, so its similarities cannot be explained: name another one with --model.");
        }

        var clock = Stopwatch.StartNew();
        (ImageSource sourceA, ImageRegion? regionA) = await OpenAsync(gallery, asked.A, asked.Gallery, asked.RegionA, cancellationToken);
        (ImageSource sourceB, ImageRegion? regionB) = await OpenAsync(gallery, asked.B, asked.Gallery, asked.RegionB, cancellationToken);
        var explanation = SimilarityExplanation.Explain(
            await DecomposeAsync(gallery, extractor, sourceA, regionA, cancellationToken), await DecomposeAsync(gallery, extractor, sourceB, regionB, cancellationToken));
        IReadOnlyList<Correspondence>? places = asked.Point is (double x, double y) ? explanation.CorrespondencesOf(x, y, asked.Places) : null;
        TimeSpan elapsed = clock.Elapsed;

        using RgbImage? shownA = file is null ? null : await gallery.Decoder.DecodeAsync(sourceA, ExplanationFigure.PictureSize, regionA, cancellationToken);
        using RgbImage? shownB = file is null ? null : await gallery.Decoder.DecodeAsync(sourceB, ExplanationFigure.PictureSize, regionB, cancellationToken);
        return ResultWriter.Write(console, asked.Json, new CommandResult<ExplainDocument>(
            () => new ExplainDocument(
                asked.A,
                asked.B,
                extractor.Space.ModelId,
                JsonDocuments.Seconds(elapsed),
                explanation.Similarity,
                explanation.BiasShare,
                [.. explanation.PartsOfA.Select(ExplainDocument.Grid.From)],
                [.. explanation.PartsOfB.Select(ExplainDocument.Grid.From)])
            {
                RegionA = ExplainDocument.Numbers(regionA),
                RegionB = ExplainDocument.Numbers(regionB),
                Point = asked.Point is (double pointX, double pointY) ? [pointX, pointY] : null,
                Places = places is null ? null : [.. places.Select(ExplainDocument.Place.From)],
            },
            console => WriteText(console, asked, explanation, places, file))
        {
            Files = file is null ? [] :
            [
                new PictureFile(file, path => ExplanationFigure.Write(path, (asked.A, shownA!), (asked.B, shownB!), explanation, asked.Point, places ?? [])),
            ],
        });
    }

    private static async Task<(ImageSource Source, ImageRegion? Region)> OpenAsync(OpenGallery gallery, string query, string galleryPath, string? region, CancellationToken cancellationToken)
    {
        ImageSource source;
        if ((await gallery.Store.FindAsync([query], cancellationToken)).TryGetValue(query, out var found))
        {
            source = await gallery.Opener.OpenAsync(
                found.Painting.ImageUri ?? throw new CommandFailedException($"the work '{query}' has no picture."), null, cancellationToken);
        }
        else if (ImageAccess.IsWebAddress(query))
        {
            source = await gallery.Opener.OpenAsync(query, null, cancellationToken);
        }
        else
        {
            source = File.Exists(query)
                ? ImageSource.FromFile(query)
                : throw new CommandFailedException($"'{query}' is neither an image file nor the key of a work in {galleryPath}.");
        }

        return (source, region is null ? null : await RegionOption.ParseAsync(region, gallery.Decoder, () => ValueTask.FromResult<ImageSource?>(source)));
    }

    /// <summary>Decodes as a search by the picture does, so that the similarity is the same.</summary>
    private static async Task<SignatureDecomposition> DecomposeAsync(
        OpenGallery gallery, IFeatureMapExtractor extractor, ImageSource source, ImageRegion? region, CancellationToken cancellationToken)
    {
        using RgbImage image = await gallery.Decoder.DecodeAsync(source, extractor.InputSize, region, cancellationToken);
        return await extractor.DecomposeAsync(image, cancellationToken: cancellationToken);
    }

    private static void WriteText(CliConsole console, ExplainOptions asked, SimilarityExplanation explanation, IReadOnlyList<Correspondence>? places, OutputFile? file)
    {
        console.Output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"similarity {explanation.Similarity:0.0000} = {explanation.Similarity - explanation.BiasShare:0.0000} from pairs of places, one in each picture, {(explanation.BiasShare < 0 ? "−" : "+")} {Math.Abs(explanation.BiasShare):0.0000} from biases of the model"));
        ConsoleTable table = console.NewTable(["picture", "place (x,y)", "adds"]);
        foreach ((string name, ContributionMap map) in ((string, ContributionMap)[])[(asked.A, explanation.HeatOfA), (asked.B, explanation.HeatOfB)])
        {
            foreach (int position in Enumerable.Range(0, map.Values.Count).OrderByDescending(position => map.Values[position]).Take(ShownPlaces))
            {
                table.AddRow([name, Center(map.CellOf(position)), map.Values[position].ToString("0.0000", CultureInfo.InvariantCulture)]);
            }
        }

        console.Write(table);
        if (places is not null)
        {
            ConsoleTable found = console.NewTable(["#", $"place in {asked.B} (x,y)", "cosine", "adds"]);
            int place = 0;
            foreach (Correspondence correspondence in places)
            {
                found.AddRow(
                [
                    (++place).ToString(CultureInfo.InvariantCulture),
                    Center(correspondence.Cell),
                    correspondence.Cosine.ToString("0.0000", CultureInfo.InvariantCulture),
                    correspondence.Contribution.ToString("0.00000", CultureInfo.InvariantCulture),
                ]);
            }

            console.Write(found);
        }

        if (file is not null)
        {
            console.Output.WriteLine(file.FullPath);
        }
    }

    private static string Center(ImageRegion cell) =>
        string.Create(CultureInfo.InvariantCulture, $"{cell.X + (cell.Width / 2):0.00},{cell.Y + (cell.Height / 2):0.00}");
}
