using System.Diagnostics;
using ArtSimilarity.FastScan;
using ArtSimilarity.Features;
using ArtSimilarity.Galleries;
using ArtSimilarity.Imaging;
using ArtSimilarity.NetVips;
using ArtSimilarity.Onnx;
using ArtSimilarity.Recognition;
using ArtSimilarity.Sqlite;

namespace ArtSimilarity.Wild;

/// <summary>
/// Asks by details of large pictures. Large images are cut into works of at least 1,000 pixels, which are added with regions to a gallery of other works that
/// have regions too. Details of each are cut out at random places.
/// </summary>
internal sealed class DetailRun(string galleryFile, string largeFolder, string model, int details, int seed)
{
    private const int WorkSide = 1000;

    private readonly NetVipsImageDecoder _decoder = new();
    private readonly List<WildResult> _results = [];
    private RegionLayout _layout = RegionLayout.Default;

    public IReadOnlyList<WildResult> Results => _results;

    public int WorkCount { get; private set; }

    public int BaseCount { get; private set; }

    public async Task RunAsync()
    {
        using OnnxFeatureExtractor extractor = WildModel.Load(model);
        await using SqliteGalleryStore store = SqliteGalleryStore.Open(galleryFile);
        await using var gallery = new Gallery(store, _decoder, [extractor], new FastScanIndexProvider());
        DirectoryInfo folder = Directory.CreateTempSubdirectory("artsim-details-");
        try
        {
            IReadOnlyList<FeatureSpaceSummary> held = await store.GetFeatureSpacesAsync();
            _layout = held.Any(summary => summary.Space == RegionLayout.Pooled.SpaceOf(extractor.Space)) ? RegionLayout.Pooled : RegionLayout.Default;
            List<PaintingImage> works = [.. Directory.EnumerateFiles(largeFolder).Order(StringComparer.Ordinal).SelectMany(file => CutIntoWorks(file, folder.FullName))];
            AddReport report = await gallery.AddAsync(works, new AddOptions { Regions = _layout });
            if (report.Failures.Count > 0)
            {
                throw new InvalidOperationException($"{report.Failures.Count} works could not be added, the first because {report.Failures[0].Reason}.");
            }

            WorkCount = works.Count;
            BaseCount = (await store.GetFeatureSpacesAsync()).First(summary => summary.Space == extractor.Space).Count;
            await gallery.PrepareAsync();
            await gallery.PrepareAsync(_layout.SpaceOf(extractor.Space));
            var identifier = new PaintingIdentifier(gallery, _decoder);
            foreach ((string kind, double side) in new[] { ("detail-quarter", 0.5), ("detail-ninth", 1 / 3.0) })
            {
                var random = new Random((7919 * seed) + kind.Length);
                foreach (PaintingImage work in works)
                {
                    using RgbImage painting = await _decoder.DecodeAsync(work.Image);
                    for (int i = 0; i < details; i++)
                    {
                        var region = Distortions.Anywhere(side, random);
                        await AskAsync(kind, gallery, identifier, work.Painting.Key, ImageSource.FromBytes(Distortions.CutOut(painting, region), kind), region);
                    }
                }
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private async Task AskAsync(string kind, Gallery gallery, PaintingIdentifier identifier, string key, ImageSource query, ImageRegion truth)
    {
        Note(kind, "whole", await gallery.SearchAsync(query, 10), key, truth);
        Note(kind, "regions", await gallery.SearchAsync(query, 10, new GallerySearchOptions { Regions = _layout }), key, truth);
        Identification found = await identifier.IdentifyAsync(query);
        WildResult result = ResultOf(kind, "identify");
        result.Queries++;
        result.Milliseconds.Add(found.Elapsed.TotalMilliseconds);
        result.First += found.Match?.Painting.Key == key ? 1 : 0;
        result.AmongTen += found.Candidates.Any(candidate => candidate.Painting.Key == key) ? 1 : 0;
        if (found.Match?.Painting.Key == key)
        {
            result.Placeable++;
            result.Placed += Overlaps(found.Match.Match!.VisibleRegion, truth) ? 1 : 0;
        }
    }

    private static bool Overlaps(ImageRegion found, ImageRegion truth) => Quadrilateral.FromRegion(found).Overlap(Quadrilateral.FromRegion(truth)) >= 0.5;

    private void Note(string kind, string setting, GallerySearchResult found, string key, ImageRegion truth)
    {
        WildResult result = ResultOf(kind, setting);
        int rank = found.Results.ToList().FindIndex(similar => similar.Painting.Key == key);
        result.Queries++;
        result.Milliseconds.Add((found.ExtractionTime + found.SearchTime).TotalMilliseconds);
        result.First += rank == 0 ? 1 : 0;
        result.AmongTen += rank >= 0 ? 1 : 0;
        if (rank == 0 && found.Results[0].Region is ImageRegion region)
        {
            result.Placeable++;
            result.Placed += Overlaps(region, truth) ? 1 : 0;
        }
    }

    private WildResult ResultOf(string kind, string setting)
    {
        WildResult? result = _results.Find(result => result.Kind == kind && result.Setting == setting);
        if (result is null)
        {
            _results.Add(result = new WildResult(kind, setting));
        }

        return result;
    }

    private IEnumerable<PaintingImage> CutIntoWorks(string file, string folder)
    {
        using RgbImage image = _decoder.Decode(ImageSource.FromFile(file));
        int columns = image.Width / WorkSide, rows = image.Height / WorkSide;
        for (int i = 0; i < rows * columns; i++)
        {
            string key = $"{Path.GetFileNameWithoutExtension(file)}-{i}", path = Path.Combine(folder, key + ".jpg");
            File.WriteAllBytes(path, Distortions.CutOut(image, new ImageRegion(i % columns / (double)columns, i / columns / (double)rows, 1.0 / columns, 1.0 / rows)));
            yield return new PaintingImage(new Painting(key) { ImageUri = path }, ImageSource.FromFile(path));
        }
    }
}
