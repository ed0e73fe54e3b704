using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using ArtSimilarity.FastScan;
using ArtSimilarity.Galleries;
using ArtSimilarity.Imaging;
using ArtSimilarity.NetVips;
using ArtSimilarity.Onnx;
using ArtSimilarity.Recognition;
using ArtSimilarity.Sqlite;

namespace ArtSimilarity.Wild;

internal static class Experiment
{
    public static async Task RunAsync(string galleryFile, string model, int count, string[] kinds, string dump)
    {
        var decoder = new NetVipsImageDecoder();
        using var extractor = new OnnxFeatureExtractor(model == "default" ? new OnnxFeatureExtractorOptions() : new OnnxFeatureExtractorOptions { ModelPath = model });
        await using SqliteGalleryStore store = SqliteGalleryStore.Open(galleryFile);
        await using var gallery = new Gallery(store, decoder, [extractor], new FastScanIndexProvider());
        await gallery.PrepareAsync();
        List<Painting> works = [];
        await foreach (StoredWork work in store.ListAsync(new PaintingFilter()))
        {
            works.Add(work.Painting);
        }

        works.Sort((a, b) => string.CompareOrdinal(a.Key, b.Key));
        var shuffle = new Random(1);
        Painting[] order = [.. works];
        shuffle.Shuffle(order);
        HashSet<string> absent = [.. order.Skip(count).Take(count).Select(w => w.Key)];
        Console.WriteLine($"{works.Count} works, {extractor.Space}");
        var features = new ConcurrentDictionary<string, LocalFeatures>();
        foreach (string kind in kinds)
        {
            bool isAbsent = kind.StartsWith("absent-", StringComparison.Ordinal);
            Painting[] queries = isAbsent ? [.. order.Skip(count).Take(count)] : [.. order.Take(count)];
            int[] whole = new int[2], crops = new int[2], found = new int[2], all = new int[2];
            int identified = 0, cand12 = 0, quads = 0; double finderMs = 0, siftMs = 0, matchMs = 0, extractMs = 0; int views = 0;
            ConcurrentBag<string> lines = [];
            var gate = new object();
            await Parallel.ForEachAsync(queries.Index(), new ParallelOptions { MaxDegreeOfParallelism = 2 }, async (item, _) =>
            {
                (int number, Painting work) = item;
                using RgbImage painting = await decoder.DecodeAsync(ImageSource.FromFile(work.ImageUri!));
                (RgbImage query, Quadrilateral? truth) = Distortions.Make(kind.Replace("absent-", "", StringComparison.Ordinal), painting, number, decoder);
                using (query)
                {
                    long t0 = Stopwatch.GetTimestamp();
                    IReadOnlyList<PhotoView> list = PhotoViews.OfPhoto(query);
                    double finder = Stopwatch.GetElapsedTime(t0).TotalMilliseconds;
                    if (Environment.GetEnvironmentVariable("DUMP") is string folder && number < 12)
                    {
                        Distortions.Save(query, Path.Combine(folder, $"{kind}-{number}.jpg"), list.Where(v => v.Kind == PhotoViewKind.FoundPicture).Select(v => v.Outline));
                    }

                    long t1 = Stopwatch.GetTimestamp();
                    RgbImage[] images = [.. list.Select(v => v.Render(query, extractor.InputSize))];
                    float[] vectors = new float[images.Length * extractor.Space.Dimensions];
                    extractor.Extract(images, vectors);
                    double extract = Stopwatch.GetElapsedTime(t1).TotalMilliseconds;
                    foreach (RgbImage image in images)
                    {
                        image.Dispose();
                    }

                    List<(int View, string Key, float Distance)> hits = [];
                    for (int v = 0; v < list.Count; v++)
                    {
                        var signature = new Signature(extractor.Space, vectors.AsMemory(v * extractor.Space.Dimensions, extractor.Space.Dimensions));
                        GallerySearchResult result = await gallery.SearchAsync(signature, 60);
                        hits.AddRange(result.Results.Where(r => !absent.Contains(r.Painting.Key)).Take(50).Select(r => (v, r.Painting.Key, r.Distance)));
                    }

                    string[] Ranked(Func<PhotoView, bool> which) =>
                        [.. hits.Where(h => which(list[h.View])).GroupBy(h => h.Key).Select(g => (g.Key, D: g.Min(h => h.Distance))).OrderBy(g => g.D).Select(g => g.Key)];

                    string[] byAll = Ranked(_ => true);
                    string[] top = [.. byAll.Take(int.Parse(Environment.GetEnvironmentVariable("TOP") ?? "12", CultureInfo.InvariantCulture))];
                    long t2 = Stopwatch.GetTimestamp();
                    LocalFeatures own = LocalFeatures.Extract(query, 640, 800);
                    double sift = Stopwatch.GetElapsedTime(t2).TotalMilliseconds;
                    List<(string Key, GeometricMatch? Match)> matches = [];
                    double matching = 0;
                    foreach (string key in top)
                    {
                        LocalFeatures theirs = features.GetOrAdd(key, k =>
                        {
                            using RgbImage image = decoder.Decode(ImageSource.FromFile(works.First(w => w.Key == k).ImageUri!));
                            return LocalFeatures.Extract(image, 400, 400);
                        });
                        long t3 = Stopwatch.GetTimestamp();
                        matches.Add((key, GeometricVerifier.Match(own, theirs)));
                        matching += Stopwatch.GetElapsedTime(t3).TotalMilliseconds;
                    }

                    (string Key, GeometricMatch? Match)[] verified = [.. matches.OrderByDescending(m => m.Match?.Inliers ?? 0)];
                    lock (gate)
                    {
                        Count(whole, Ranked(v => v.Kind == PhotoViewKind.Whole), work.Key);
                        Count(crops, Ranked(v => v.Kind is PhotoViewKind.Whole or PhotoViewKind.Crop), work.Key);
                        Count(found, Ranked(v => v.Kind is PhotoViewKind.FoundPicture or PhotoViewKind.InsideFoundPicture), work.Key);
                        Count(all, byAll, work.Key);
                        cand12 += top.Contains(work.Key) ? 1 : 0;
                        identified += verified[0].Key == work.Key && verified[0].Match is not null ? 1 : 0;
                        quads += truth is { } t && list.Any(v => v.Outline.Overlap(t) > 0.8) ? 1 : 0;
                        finderMs += finder; siftMs += sift; matchMs += matching; extractMs += extract; views += list.Count;
                    }

                    GeometricMatch? best = verified[0].Match;
                    lines.Add(string.Join(',', kind, number, work.Key, verified[0].Key, verified[0].Key == work.Key ? 1 : 0, best?.Inliers ?? 0, best?.Candidates ?? 0, best?.Coverage ?? 0,
                        verified.Skip(1).FirstOrDefault().Match?.Inliers ?? 0, top.Contains(work.Key) ? 1 : 0, best is null || truth is null ? 0 : best.Outline.Overlap(truth.Value)));
                }
            });
            double n = queries.Length;
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{kind,-14} whole {100 * whole[0] / n:f1}/{100 * whole[1] / n:f1} crops {100 * crops[0] / n:f1}/{100 * crops[1] / n:f1} found {100 * found[0] / n:f1}/{100 * found[1] / n:f1} all {100 * all[0] / n:f1}/{100 * all[1] / n:f1} top {100 * cand12 / n:f1} verified {100 * identified / n:f1} quad {100 * quads / n:f1} | views {views / n:f1} finder {finderMs / n:f1} extract {extractMs / n:f1} sift {siftMs / n:f1} match {matchMs / n:f1} ms"));
            await File.AppendAllLinesAsync(dump, lines);
        }
    }

    private static void Count(int[] counts, string[] ranked, string key)
    {
        int rank = Array.IndexOf(ranked, key);
        counts[0] += rank == 0 ? 1 : 0;
        counts[1] += rank is >= 0 and < 10 ? 1 : 0;
    }
}
