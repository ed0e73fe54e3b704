using System.Text.Json;
using ArtSimilarity;
using ArtSimilarity.Browsing;
using ArtSimilarity.Exporting;
using ArtSimilarity.Galleries;
using ArtSimilarity.Imaging;
using ArtSimilarity.Indexing;
using Microsoft.Extensions.DependencyInjection;

// A gallery of 3,000 small pictures, indexed approximately, searched by key, by image and with a filter.
const int Count = 3000;
var services = new ServiceCollection();
services.AddSingleton<IImageDecoder, RawDecoder>();
services.AddArtSimilarity().AddClassicalFeatureExtractor().AddFastScanIndex(options => options.LeafSize = 64).AddInMemoryGallery();
await using ServiceProvider provider = services.BuildServiceProvider();
Gallery gallery = provider.GetRequiredService<Gallery>();
AddReport report = await gallery.AddAsync(Enumerable.Range(0, Count).Select(i =>
    new PaintingImage(new Painting($"work-{i}") { Year = 1800 + (i % 200) }, ImageSource.FromBytes(RawDecoder.Paint(i), $"{i}.raw"))));
Require(report.Added == Count, "every picture is added");
await gallery.PrepareAsync(); // until the index is built, searches are exact

GallerySearchResult byImage = await gallery.SearchAsync(ImageSource.FromBytes(RawDecoder.Paint(7), "7.raw"), 10);
Require(!byImage.IsExact && byImage.Results[0].Painting.Key == "work-7", "the approximate index finds a picture by its image");
GallerySearchResult exact = await gallery.SearchByKeyAsync("work-7", 10, new GallerySearchOptions { Quality = 1, IncludeQuery = true });
Require(exact.IsExact && exact.Results[0].Painting.Key == "work-7", "the exact index finds it by its key");
var filter = new PaintingFilter { FromYear = 1850, ToYear = 1852 };
GallerySearchResult filtered = await gallery.SearchByKeyAsync("work-7", 20, new GallerySearchOptions { Filter = filter });
Require(filtered.Results.Count == 20 && filtered.Results.All(result => filter.Matches(result.Painting)), "a filter holds");
using var browser = new GalleryBrowser(gallery.Store);
BrowsedWorks works = await browser.CurrentAsync();
Require(works.Select(new WorkQuery(filter, "work")).Count() == Count * 3 / 200, "works are found by words and years");
Require(works.CountFacets(new WorkQuery(filter)).Single().Values.Sum(value => value.Count) == Count, "periods are counted");
CitedWork cited = new(works.Find("work-7")!.Painting) { Note = "seen" };
Require(JsonDocument.Parse(CslJsonWriter.Write([cited])).RootElement[0].GetProperty("issued").GetProperty("date-parts")[0][0].GetInt32() == 1807, "CSL-JSON is written");
Require(WorkCsvWriter.Write([cited]).Contains("work-7,", StringComparison.Ordinal) && RisWriter.Write([cited]).Contains("PY  - 1807\r\n", StringComparison.Ordinal), "CSV and RIS are written");
var iiif = new IiifWork(cited.Work, new Uri("https://example.org/7")) { ImageService = new Uri("https://example.org/image/7") };
Require(IiifManifest.FindFirstImage(System.Text.Encoding.UTF8.GetBytes(IiifPresentation.WriteManifest(iiif, new ImageSize(32, 32)))).AbsoluteUri == "https://example.org/image/7/info.json", "manifests are written and read");
Console.WriteLine("The trim-safe packages work ahead of time.");
return 0;

static void Require(bool condition, string what)
{
    if (!condition)
    {
        Console.Error.WriteLine($"Failed: {what}.");
        Environment.Exit(1);
    }
}

/// <summary>Reads 32×32 RGB pixels as they are.</summary>
internal sealed class RawDecoder : IImageDecoder
{
    public static byte[] Paint(int seed)
    {
        var random = new Random(seed);
        byte[] pixels = new byte[3 * 32 * 32];
        byte[] color = new byte[3];
        for (int i = 0; i < pixels.Length; i += 3)
        {
            if (i % (3 * 64) == 0)
            {
                random.NextBytes(color);
            }

            color.CopyTo(pixels, i);
        }

        return pixels;
    }

    public async ValueTask<RgbImage> DecodeAsync(ImageSource source, ImageSize? minimumSize = null, ImageRegion? region = null, CancellationToken cancellationToken = default) =>
        RgbImage.FromPixels((await source.ReadBytesAsync(cancellationToken: cancellationToken)).Span, 32, 32);
}
