using System.Globalization;
using System.Text;
using ArtSimilarity.Studio.Motifs;
using NetVips;

namespace ArtSimilarity.Studio;

/// <summary>
/// A gallery that needs no download: pictures of a dozen kinds, painted in code. The same count always gives the same
/// pictures.
/// </summary>
public static class SyntheticGallery
{
    /// <summary>How many pictures there are as a rule.</summary>
    public const int DefaultCount = 312;

    /// <summary>The name of the catalogue in the folder painted into.</summary>
    public const string CatalogueFile = "paintings.csv";

    private static readonly Motif[] Motifs =
    [
        new("seascape", "Impressionist manner", 1.35, 1, ["Evening on the Bay", "Sunrise over Water", "Calm Sea", "The Regatta", "Harbour Light"], Seascape.Paint),
        new("mountain landscape", "Romantic manner", 1.4, 0.8, ["The High Valley", "Snow on the Ridge", "Morning in the Alps", "The Pass", "Clearing Weather"], Mountains.Paint),
        new("city at night", "Nocturne", 1.25, 0.2, ["City by the River", "Lit Windows", "Nocturne", "The Embankment", "After Midnight"], NightCity.Paint),
        new("still life", "Dutch manner", 1.2, 0.8, ["Bowl of Fruit", "Fruit and Bottle", "The Kitchen Table", "Apples and Oranges", "Still Life on a Cloth"], StillLife.Paint),
        new("portrait", "Realist manner", 0.78, 0.3, ["Portrait of a Stranger", "The Sitter", "Study of a Head", "Portrait in Three-Quarter Light", "The Visitor"], Portrait.Paint),
        new("grid composition", "De Stijl manner", 1, 0, ["Composition", "Composition with Red", "Lines and Planes", "Equilibrium"], GridComposition.Paint),
        new("colour fields", "Colour Field manner", 0.8, 0, ["Untitled", "Two Fields", "Warm over Dark", "Silence"], ColourFields.Paint),
        new("circles", "Abstract manner", 1.3, 0.5, ["Concentric", "Rings and Squares", "Several Circles", "Counterpoint"], Circles.Paint),
        new("dotted park", "Pointillist manner", 1.4, 0, ["Sunday in the Park", "The Riverbank", "Parasols", "An Afternoon"], DottedPark.Paint),
        new("op art", "Op Art manner", 1, 0, ["Current", "Movement", "Interference", "Pulse"], OpArt.Paint),
        new("splashes", "Action Painting manner", 1.3, 0, ["Poured", "Number", "Rhythm", "Convergence"], Splashes.Paint),
        new("forest", "Barbizon manner", 0.95, 0.9, ["Edge of the Wood", "Birches", "Forest Floor", "Clearing", "Among the Trunks"], Forest.Paint),
        new("sunflowers", "Post-Impressionist manner", 0.8, 1, ["Sunflowers", "Sunflowers in a Vase", "Vase by the Window", "Yellow Flowers"], Sunflowers.Paint),
    ];

    // Three invented hands hold the brush differently, so that filtering by artist has something to filter.
    private static readonly (string Name, double Width, double Liveliness)[] Hands =
        [("The Fine Hand", 0.009, 0.06), ("The Broad Hand", 0.017, 0.09), ("The Restless Hand", 0.012, 0.15)];

    /// <summary>The kinds of pictures.</summary>
    public static IReadOnlyList<string> Genres { get; } = [.. Motifs.Select(motif => motif.Genre)];

    /// <summary>Paints <paramref name="count"/> pictures into a folder, with a catalogue beside them.</summary>
    /// <returns>The catalogue's path.</returns>
    public static string Paint(string folder, int count, IProgress<int>? progress, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(Path.Combine(folder, "images"));
        File.WriteAllText(Path.Combine(folder, MarkFile), "artsim demo paints into this folder.\n");
        int painted = 0;
        var options = new ParallelOptions { CancellationToken = cancellationToken };
        Parallel.For(0, count, options, number =>
        {
            Save(number, Path.Combine(folder, Describe(number).File));
            progress?.Report(Interlocked.Increment(ref painted));
        });

        // Last, so that a folder with a catalogue is complete.
        string path = Path.Combine(folder, CatalogueFile);
        File.WriteAllText(path, Catalogue(count));
        return path;
    }

    /// <summary>The key of the first work.</summary>
    public const string FirstKey = "art001";

    private const string MarkFile = ".artsim-demo";

    /// <summary>Whether a folder holds nothing of somebody else's that painting could replace.</summary>
    public static bool MayPaint(string folder)
    {
        string catalogue = Path.Combine(folder, CatalogueFile);
        return !Directory.Exists(folder) || !Directory.EnumerateFileSystemEntries(folder).Any() || File.Exists(Path.Combine(folder, MarkFile))
            || (File.Exists(catalogue) && new FileInfo(catalogue).Length <= Catalogue(DefaultCount).Length && Catalogue(DefaultCount).StartsWith(File.ReadAllText(catalogue), StringComparison.Ordinal));
    }

    /// <summary>Whether the folder holds just these pictures already.</summary>
    public static bool IsPainted(string folder, int count)
    {
        string path = Path.Combine(folder, CatalogueFile);
        return File.Exists(path) && File.ReadAllText(path) == Catalogue(count)
            && Enumerable.Range(0, count).All(number => File.Exists(Path.Combine(folder, Describe(number).File)));
    }

    private static string Catalogue(int count) =>
        Enumerable.Range(0, count).Aggregate(new StringBuilder("id,file,title,artist,genre,style,year\n"), (text, number) => text.Append(Describe(number).Line)).ToString();

    /// <summary>Paints one picture.</summary>
    internal static Canvas PaintOne(int number)
    {
        (Motif motif, (string Name, double Width, double Liveliness) hand, Chance chance) = Choose(number);
        const double Area = 300 * 240;
        double format = motif.Format * chance.Between(0.95, 1.05);
        var canvas = new Canvas((int)Math.Round(Math.Sqrt(Area * format)), (int)Math.Round(Math.Sqrt(Area / format)));
        motif.Paint(canvas, chance);
        if (motif.Brushed > 0)
        {
            double width = canvas.Unit * hand.Width * (0.4 + (0.6 * motif.Brushed));
            canvas.Brush(chance, Math.Max(1.2, width), width * 5, hand.Liveliness * motif.Brushed);
        }

        canvas.Grain(chance, 0.03);
        return canvas;
    }

    private static (Motif Motif, (string Name, double Width, double Liveliness) Hand, Chance Chance) Choose(int number)
    {
        Motif motif = Motifs[number % Motifs.Length];
        return (motif, Hands[number / Motifs.Length % Hands.Length], new Chance(20_000 + (number * 7919)));
    }

    private static (string File, string Line) Describe(int number)
    {
        (Motif motif, (string Name, double, double) hand, Chance _) = Choose(number);
        var chance = new Chance(number);
        string id = string.Create(CultureInfo.InvariantCulture, $"art{number + 1:000}");
        string file = $"images/{id}.{(number % 3) switch { 0 => "jpg", 1 => "png", _ => "webp" }}";
        string title = string.Create(CultureInfo.InvariantCulture, $"{chance.Pick(motif.Titles)} No. {(number / Motifs.Length) + 1}");
        int year = chance.Count(1870, 1969);
        return (file, string.Create(CultureInfo.InvariantCulture, $"{id},{file},{title},{hand.Name},{motif.Genre},{motif.Style},{year}\n"));
    }

    private static void Save(int number, string path)
    {
        Canvas canvas = PaintOne(number);
        using Image image = Image.NewFromMemory(canvas.ToRgb(), canvas.Width, canvas.Height, 3, Enums.BandFormat.Uchar);
        using Image tagged = image.Copy(interpretation: Enums.Interpretation.Srgb);
        switch (Path.GetExtension(path))
        {
            case ".jpg":
                tagged.Jpegsave(path, q: 90);
                break;
            case ".webp":
                tagged.Webpsave(path, q: 90);
                break;
            default:
                tagged.Pngsave(path, compression: 4);
                break;
        }
    }
}
