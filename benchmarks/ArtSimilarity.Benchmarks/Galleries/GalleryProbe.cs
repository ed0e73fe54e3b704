using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using ArtSimilarity.FastScan;
using ArtSimilarity.Features;
using ArtSimilarity.Galleries;
using ArtSimilarity.Imaging;
using ArtSimilarity.Sqlite;

namespace ArtSimilarity.Benchmarks.Galleries;

/// <summary>
/// Measures galleries of synthetic signatures, each kind of measurement in a process of its own. It uses nothing that other versions of the
/// packages lack, so that a worktree of another commit can compile this file and be measured beside this one.
/// </summary>
internal static class GalleryProbe
{
    private const int Dimensions = 512, Clusters = 400, CommitSize = 16, Neighbors = 20;
    internal static readonly FeatureSpace Space = new("synthetic#1", "none", Dimensions);

    /// <summary>
    /// <c>fill FILE N</c>, <c>import FILE SECONDS READERS</c>, <c>after-one FILE</c>, <c>key FILE K</c>, <c>filter FILE</c>, <c>overhead FILE K</c>: prints one JSON object.
    /// </summary>
    public static async Task RunAsync(string[] request)
    {
        object result = request switch
        {
            ["fill", string file, string count] => await FillAsync(file, Number(count)),
            ["import", string file, string seconds, string readers] => await ImportAsync(file, Number(seconds), Number(readers)),
            ["after-one", string file] => await AfterOneAsync(file),
            ["key", string file, string k] => await ByKeyAsync(file, Number(k)),
            ["filter", string file] => await FilterAsync(file),
            ["overhead", string file, string k] => await OverheadProbe.RunAsync(file, Number(k)),
            _ => throw new ArgumentException($"Unknown request: {string.Join(' ', request)}"),
        };
        Console.WriteLine(JsonSerializer.Serialize(result));
    }

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    private static async Task<object> FillAsync(string file, int count)
    {
        var clock = Stopwatch.StartNew();
        await using (SqliteGalleryStore store = SqliteGalleryStore.Open(file))
        {
            for (int first = 0; first < count; first += 1000)
            {
                await store.WriteAsync([.. Enumerable.Range(first, Math.Min(1000, count - first)).Select(Entry)]);
            }
        }

        double seconds = clock.Elapsed.TotalSeconds;
        await using (SqliteGalleryStore store = SqliteGalleryStore.Open(file))
        {
            await using Gallery gallery = Open(store);
            await gallery.PrepareAsync(Space);
        }

        return new { bytes = new FileInfo(file).Length, seconds };
    }

    private static async Task<object> ImportAsync(string file, int seconds, int readers)
    {
        // Readers that never pause keep the pool's threads. It would add others, one every half a second.
        ThreadPool.SetMinThreads(readers + 4, 4);
        await using SqliteGalleryStore store = SqliteGalleryStore.Open(file);
        await using Gallery gallery = Open(store);
        await gallery.PrepareAsync(Space);
        int next = await store.CountAsync(new PaintingFilter()), before = next;
        (double idle, List<double> idleTimes) = await ReadAsync(gallery, seconds, readers);
        long log = 0;
        using var stop = new CancellationTokenSource();
        int commits = 0;
        Task writer = Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                await store.WriteAsync([.. Enumerable.Range(next, CommitSize).Select(Entry)]);
                next += CommitSize;
                commits++;
                log = Math.Max(log, new FileInfo(file + "-wal") is { Exists: true } wal ? wal.Length : 0);
            }
        });
        (double busy, List<double> times) = await ReadAsync(gallery, seconds, readers);
        await stop.CancelAsync();
        await writer;
        return new
        {
            works = before,
            imported = next - before,
            commitsPerSecond = (double)commits / seconds,
            idleRate = idle,
            busyRate = busy,
            idleP99 = Quantile(idleTimes, 0.99),
            p50 = Quantile(times, 0.5),
            p99 = Quantile(times, 0.99),
            longest = times.Max(), over50 = times.Count(t => t > 50), searches = times.Count,
            longestLog = log,
        };
    }

    private static async Task<(double Rate, List<double> Times)> ReadAsync(Gallery gallery, int seconds, int readers)
    {
        var clock = Stopwatch.StartNew();
        List<double>[] times = await Task.WhenAll(Enumerable.Range(0, readers).Select(reader => Task.Run(async () =>
        {
            var random = new Random(reader);
            List<double> own = [];
            while (clock.Elapsed.TotalSeconds < seconds)
            {
                var signature = new Signature(Space, Vector(random.Next(1_000_000_000)));
                long start = Stopwatch.GetTimestamp();
                GallerySearchResult found = await gallery.SearchAsync(signature, Neighbors);
                own.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
                if (found.Results.Count != Neighbors)
                {
                    throw new InvalidOperationException($"{found.Results.Count} works were found.");
                }
            }

            return own;
        })));
        return (times.Sum(own => own.Count) / clock.Elapsed.TotalSeconds, [.. times.SelectMany(own => own)]);
    }

    private static async Task<object> AfterOneAsync(string file)
    {
        await using SqliteGalleryStore store = SqliteGalleryStore.Open(file);
        await using Gallery gallery = Open(store);
        await gallery.PrepareAsync(Space);
        int next = await store.CountAsync(new PaintingFilter());
        List<double> usual = [], after = [];
        for (int i = 0; i < 40; i++)
        {
            var signature = new Signature(Space, Vector(i));
            await gallery.SearchAsync(signature, Neighbors);
            usual.Add(await TimeAsync(() => gallery.SearchAsync(signature, Neighbors)));
            await store.WriteAsync([Entry(next++)]);
            after.Add(await TimeAsync(() => gallery.SearchAsync(signature, Neighbors)));
        }

        return new { works = next, usual = Quantile(usual, 0.5), after = Quantile(after, 0.5), afterLongest = after.Skip(1).Max() };
    }

    private static async Task<object> ByKeyAsync(string file, int k)
    {
        await using SqliteGalleryStore store = SqliteGalleryStore.Open(file);
        await using Gallery gallery = Open(store);
        await gallery.PrepareAsync(Space);
        int count = await store.CountAsync(new PaintingFilter());
        var random = new Random(2);
        List<double> cold = [], warm = [];
        for (int i = 0; i < 3000; i++)
        {
            string key = Key(random.Next(count));
            double time = await TimeAsync(() => gallery.SearchByKeyAsync(key, k));
            (i < 300 ? cold : warm).Add(time);
        }

        long allocated = GC.GetTotalAllocatedBytes(precise: true);
        for (int i = 0; i < 200; i++)
        {
            await gallery.SearchByKeyAsync(Key(random.Next(count)), k);
        }

        long bytes = (GC.GetTotalAllocatedBytes(precise: true) - allocated) / 200;
        return new { works = count, k, first300 = Quantile(cold, 0.5), p50 = Quantile(warm, 0.5), p99 = Quantile(warm, 0.99), bytes };
    }

    private static async Task<object> FilterAsync(string file)
    {
        await using SqliteGalleryStore store = SqliteGalleryStore.Open(file);
        await using Gallery gallery = Open(store);
        await gallery.PrepareAsync(Space);
        int count = await store.CountAsync(new PaintingFilter());
        string[] keys = [.. Enumerable.Range(0, Math.Min(200_000, count / 2)).Select(i => Key(i * 2))];
        List<double> genre = [], some = [];
        for (int i = 0; i < 20; i++)
        {
            var signature = new Signature(Space, Vector(i));
            genre.Add(await TimeAsync(() => gallery.SearchAsync(signature, Neighbors, new GallerySearchOptions { Filter = new PaintingFilter { Genres = ["genre 3"] } })));
            some.Add(await TimeAsync(() => gallery.SearchAsync(signature, Neighbors, new GallerySearchOptions { Filter = new PaintingFilter { Keys = keys } })));
        }

        return new { works = count, genreFirst = genre[0], genre = Quantile(genre, 0.5), keysFirst = some[0], keys = Quantile(some, 0.5) };
    }

    internal static async Task<double> TimeAsync(Func<Task> action)
    {
        long start = Stopwatch.GetTimestamp();
        await action();
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }

    internal static double Quantile(List<double> values, double share)
    {
        double[] sorted = [.. values.Order()];
        return sorted[(int)Math.Min(sorted.Length - 1, share * sorted.Length)];
    }

    internal static Gallery Open(SqliteGalleryStore store) => new(store, new NoDecoder(), [], new FastScanIndexProvider());

    internal static string Key(int work) => string.Create(CultureInfo.InvariantCulture, $"collection/{unchecked((uint)work * 2654435761u):x8}/{work}.jpg");

    internal static GalleryEntry Entry(int work)
    {
        string key = Key(work);
        var painting = new Painting(key)
        {
            Title = $"Work number {work} of the collection",
            Artist = $"Artist {work % 700}",
            Genre = $"genre {work % 10}",
            Style = $"style {work % 29}",
            Year = 1500 + (work % 450),
            ImageUri = "/srv/images/" + key,
        };
        return new GalleryEntry(painting, string.Create(CultureInfo.InvariantCulture, $"{work:x64}"), [new Signature(Space, Vector(work))]);
    }

    /// <summary>Numbers around one of some centres, so that works have neighbours.</summary>
    private static float[] Vector(int seed)
    {
        var random = new Random(seed);
        var centre = new Random(-1 - (seed % Clusters));
        float[] vector = new float[Dimensions];
        for (int i = 0; i < vector.Length; i++)
        {
            vector[i] = centre.NextSingle() + random.NextSingle() - 1;
        }

        return vector;
    }

    // Both of what an older commit asks for and what this one does.
    private sealed class NoDecoder : IImageDecoder
    {
        public ValueTask<RgbImage> DecodeAsync(ImageSource source, ImageSize? minimumSize = null, ImageRegion? region = null, CancellationToken cancellationToken = default) =>
            new(Decode(source, minimumSize, region, cancellationToken));

        public RgbImage Decode(ImageSource source, ImageSize? minimumSize = null, ImageRegion? region = null, CancellationToken cancellationToken = default) =>
            throw new NotSupportedException("These galleries have no images.");
    }
}
