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
/// Asks a gallery by distorted views of works that it holds, and of works that were taken out of it. Queries are the same for every model: a seed draws the
/// works (of a list alone, where there is one), and each work's number in that order draws its distortion. Works with even numbers calibrate, works with odd numbers are reported.
/// </summary>
internal sealed class WildRun(string galleryFile, string? greyGalleryFile, string model, int works, int seed, IReadOnlyList<string> kinds, IReadOnlySet<string>? among = null)
{
    private readonly NetVipsImageDecoder _decoder = new();
    private readonly Dictionary<(string Kind, string Setting, bool Reported), WildResult> _results = [];
    private readonly Dictionary<string, HashSet<string>> _copies = [];
    private readonly Lock _lock = new();

    public IReadOnlyList<WildResult> Reported => [.. _results.Where(pair => pair.Key.Reported).Select(pair => pair.Value)];

    public IReadOnlyList<WildResult> Calibration => [.. _results.Where(pair => !pair.Key.Reported).Select(pair => pair.Value)];

    public int BaseCount { get; private set; }

    public async Task RunAsync()
    {
        using OnnxFeatureExtractor extractor = WildModel.Load(model);
        await using SqliteGalleryStore store = SqliteGalleryStore.Open(galleryFile);
        await using var gallery = new Gallery(store, _decoder, [extractor], new FastScanIndexProvider());
        using var grey = new GreyFeatureExtractor(extractor, leaveOpen: true);
        await using SqliteGalleryStore? greyStore = greyGalleryFile is null ? null : SqliteGalleryStore.Open(greyGalleryFile);
        await using Gallery? greyGallery = greyStore is null ? null : new Gallery(greyStore, _decoder, [grey], new FastScanIndexProvider());
        List<Painting> all = [];
        await foreach (StoredWork work in store.ListAsync(new PaintingFilter()))
        {
            all.Add(work.Painting);
        }

        // Ordered by name, so that the draw does not depend on how the gallery was made.
        Painting[] order = [.. all.OrderBy(work => work.Key, StringComparer.Ordinal)];
        new Random(seed).Shuffle(order);
        Painting[] asked = among is null ? order : [.. order.Where(work => among.Contains(work.Key))];
        Painting[] present = [.. asked.Take(works)], absent = [.. asked.Skip(works).Take(works)];

        // The collection holds many works twice. A copy of a work is as right an answer as the work; copies of absent works are taken out too.
        await gallery.PrepareAsync();
        foreach (Painting work in present.Concat(absent))
        {
            await FindCopiesAsync(gallery, work);
        }

        HashSet<string> removed = [.. absent.Select(work => work.Key), .. absent.SelectMany(work => _copies[work.Key])];
        await gallery.RemoveAsync([.. removed]);
        present = [.. present.Where(work => !removed.Contains(work.Key))];
        BaseCount = all.Count - removed.Count;
        await gallery.PrepareAsync();
        if (greyGallery is not null)
        {
            await FillGreyAsync(greyGallery, all.Where(work => !removed.Contains(work.Key)));
            await greyGallery.PrepareAsync();
        }

        var identifier = new PaintingIdentifier(gallery, _decoder);
        foreach (string kind in kinds)
        {
            foreach ((int number, Painting work) in present.Index())
            {
                await AskAsync(kind, work, number, isAbsent: false, gallery, greyGallery, identifier);
            }

            foreach ((int number, Painting work) in kind.StartsWith("photo", StringComparison.Ordinal) ? absent.Index() : [])
            {
                await AskAsync(kind, work, number, isAbsent: true, gallery, null, identifier);
            }

            await Console.Error.WriteLineAsync($"{kind}: done");
        }
    }

    /// <summary>
    /// The works among the 20 nearest that show the same picture: far more points agree, between the undistorted reproductions, than by chance.
    /// </summary>
    private async Task FindCopiesAsync(Gallery gallery, Painting work)
    {
        const int Neighbours = 20, LeastPoints = 25;
        LocalFeatures own = FeaturesOf(work);
        HashSet<string> copies = [];
        foreach (SimilarPainting similar in (await gallery.SearchByKeyAsync(work.Key, Neighbours)).Results)
        {
            if (GeometricVerifier.Match(own, FeaturesOf(similar.Painting)) is { Inliers: >= LeastPoints } match)
            {
                copies.Add(similar.Painting.Key);
                await Console.Error.WriteLineAsync($"copy: {work.ImageUri} {similar.Painting.ImageUri} {match.Inliers}");
            }
        }

        _copies[work.Key] = copies;
    }

    private LocalFeatures FeaturesOf(Painting work)
    {
        using RgbImage image = _decoder.Decode(ImageSource.FromFile(work.ImageUri!));
        return LocalFeatures.Extract(image, 400, 350);
    }

    private bool IsSame(Painting found, Painting work) => found.Key == work.Key || _copies[work.Key].Contains(found.Key);

    private static async Task FillGreyAsync(Gallery gallery, IEnumerable<Painting> works)
    {
        AddReport report = await gallery.AddAsync(works.Select(work => new PaintingImage(work, ImageSource.FromFile(work.ImageUri!))).ToArray());
        if (report.Failures.Count > 0)
        {
            throw new InvalidOperationException($"{report.Failures.Count} works could not be added, the first because {report.Failures[0].Reason}.");
        }
    }

    private async Task AskAsync(string kind, Painting work, int number, bool isAbsent, Gallery gallery, Gallery? greyGallery, PaintingIdentifier identifier)
    {
        bool reported = number % 2 == 1;
        using RgbImage painting = await _decoder.DecodeAsync(ImageSource.FromFile(work.ImageUri!));
        (byte[] jpeg, Quadrilateral? truth) = Distortions.Make(kind, painting, number);
        var source = ImageSource.FromBytes(jpeg, $"{kind} of {work.Key}");
        if (!isAbsent)
        {
            long begin = Stopwatch.GetTimestamp();
            GallerySearchResult whole = await gallery.SearchAsync(source, 10);
            Note(kind, "whole", reported, Rank(whole, work), Stopwatch.GetElapsedTime(begin));
            begin = Stopwatch.GetTimestamp();
            Note(kind, "views", reported, Rank(await SearchByViewsAsync(gallery, source), work), Stopwatch.GetElapsedTime(begin));
            if (greyGallery is not null && kind is "grey" or "faded")
            {
                begin = Stopwatch.GetTimestamp();
                Note(kind, "grey space", reported, Rank(await greyGallery!.SearchAsync(source, 10), work), Stopwatch.GetElapsedTime(begin));
            }
        }

        if (!isAbsent)
        {
            // One of its own, for the other would find the works' local features in memory afterwards.
            PhotoSearchResult search = await new PaintingIdentifier(gallery, _decoder).SearchAsync(source, 10);
            Note(kind, "photo search", reported, search.Results.ToList().FindIndex(candidate => IsSame(candidate.Painting, work)), search.Elapsed);
        }

        Identification found = await identifier.IdentifyAsync(source);
        lock (_lock)
        {
            WildResult result = ResultOf(isAbsent ? "absent, " + kind : kind, "identify", reported);
            result.Queries++;
            result.Milliseconds.Add(found.Elapsed.TotalMilliseconds);
            bool isRight = found.Candidates.Count > 0 && IsSame(found.Candidates[0].Painting, work);
            result.Evidence.Add((found.Candidates.Count > 0 ? found.Candidates[0].Match?.Inliers ?? 0 : 0, isRight));
            result.First += found.Match is not null && (isAbsent || isRight) ? 1 : 0;
            result.AmongTen += found.Candidates.Any(candidate => IsSame(candidate.Painting, work)) ? 1 : 0;
            if (truth is { } outline && found.Match is not null && isRight)
            {
                result.Placeable++;
                result.Placed += found.Outline!.Value.Overlap(outline) >= 0.5 ? 1 : 0;
            }

            if (found.Match is not null && !isRight)
            {
                Console.Error.WriteLine($"{(isAbsent ? "absent " : "")}{kind} {number}: {work.ImageUri} taken for {found.Match.Painting.ImageUri}, {found.Match.Match!.Inliers} points");
            }
        }
    }

    private async Task<GallerySearchResult> SearchByViewsAsync(Gallery gallery, ImageSource source)
    {
        using RgbImage image = await _decoder.DecodeAsync(source, new ImageSize(560, 560));
        return await gallery.SearchAsync(new GalleryQuery(await PhotoViews.ToQueryPartAsync(image, PhotoViews.OfPhoto(image), gallery.Extractors, Environment.ProcessorCount)), 10);
    }

    private int Rank(GallerySearchResult result, Painting work) => result.Results.ToList().FindIndex(found => IsSame(found.Painting, work));

    private void Note(string kind, string setting, bool reported, int rank, TimeSpan time)
    {
        lock (_lock)
        {
            WildResult result = ResultOf(kind, setting, reported);
            result.Queries++;
            result.First += rank == 0 ? 1 : 0;
            result.AmongTen += rank >= 0 ? 1 : 0;
            result.Milliseconds.Add(time.TotalMilliseconds);
        }
    }

    private WildResult ResultOf(string kind, string setting, bool reported)
    {
        if (!_results.TryGetValue((kind, setting, reported), out WildResult? result))
        {
            _results.Add((kind, setting, reported), result = new WildResult(kind, setting));
        }

        return result;
    }
}
