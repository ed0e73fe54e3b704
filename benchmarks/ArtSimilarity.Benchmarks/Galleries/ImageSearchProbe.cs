using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using ArtSimilarity.Galleries;
using ArtSimilarity.Imaging;
using ArtSimilarity.NetVips;
using ArtSimilarity.Onnx;

namespace ArtSimilarity.Benchmarks.Galleries;

/// <summary>Measures searches by image: one after the other, 32 at once, and how long a timer of the same process has to wait meanwhile.</summary>
internal static class ImageSearchProbe
{
    private const int Works = 200, AtOnce = 32, Rounds = 3;

    /// <summary>Prints one JSON object.</summary>
    /// <param name="model">The ONNX model.</param>
    /// <param name="pictures">Picture files, or a folder of them.</param>
    public static async Task RunAsync(string model, string[] pictures)
    {
        string[] files = [.. pictures.SelectMany(path => Directory.Exists(path) ? Directory.EnumerateFiles(path) : [path]).Order(StringComparer.Ordinal).Take(Works)];
        using var extractor = new OnnxFeatureExtractor(new OnnxFeatureExtractorOptions { ModelPath = model });
        await using var store = new InMemoryGalleryStore();
        await using var gallery = new Gallery(store, new NetVipsImageDecoder(), [extractor]);
        await gallery.AddAsync(files.Select(file => new PaintingImage(new Painting(file), ImageSource.FromFile(file))));
        await SearchAsync(gallery, files, AtOnce);

        // In turns, so that a machine that slows down slows both down.
        List<double> one = [], many = [];
        double longestOne = 0, longestMany = 0;
        for (int round = 0; round < Rounds; round++)
        {
            (double rate, double gap) = await SearchAsync(gallery, files, 1);
            one.Add(rate);
            longestOne = Math.Max(longestOne, gap);
            (rate, gap) = await SearchAsync(gallery, files, AtOnce);
            many.Add(rate);
            longestMany = Math.Max(longestMany, gap);
        }

        double sequential = one.Order().ElementAt(Rounds / 2), concurrent = many.Order().ElementAt(Rounds / 2);
        Console.WriteLine(JsonSerializer.Serialize(new
        {
            processors = Environment.ProcessorCount,
            searches = files.Length,
            sequentialPerSecond = sequential,
            concurrentPerSecond = concurrent,
            ratio = concurrent / sequential,
            longestTickSequential = longestOne,
            longestTickConcurrent = longestMany,
        }));
    }

    /// <summary>Searches for every file, so many at once; tells the rate per second and the longest time in ms between two ticks of 5 ms.</summary>
    private static async Task<(double Rate, double LongestTick)> SearchAsync(Gallery gallery, string[] files, int atOnce)
    {
        var queue = new ConcurrentQueue<string>(files);
        long last = Stopwatch.GetTimestamp();
        double longest = 0;
        var guard = new Lock();
        var clock = Stopwatch.StartNew();
        await using (new Timer(_ => Tick(), null, 5, 5))
        {
            await Task.WhenAll(Enumerable.Range(0, atOnce).Select(async _ =>
            {
                while (queue.TryDequeue(out string? file))
                {
                    GallerySearchResult found = await gallery.SearchAsync(ImageSource.FromFile(file), 10);
                    if (found.Results.Count == 0 || found.Results[0].Distance > 1e-3f)
                    {
                        throw new InvalidOperationException($"{file} was not found by itself.");
                    }
                }
            }));
        }

        Tick();
        return (files.Length / clock.Elapsed.TotalSeconds, longest);

        void Tick()
        {
            lock (guard)
            {
                longest = Math.Max(longest, Stopwatch.GetElapsedTime(last).TotalMilliseconds);
                last = Stopwatch.GetTimestamp();
            }
        }
    }
}
