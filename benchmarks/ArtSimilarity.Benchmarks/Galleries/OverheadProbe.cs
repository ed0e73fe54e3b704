using System.Globalization;
using ArtSimilarity.FastScan;
using ArtSimilarity.Galleries;
using ArtSimilarity.Indexing;
using ArtSimilarity.Sqlite;

namespace ArtSimilarity.Benchmarks.Galleries;

/// <summary>What a gallery adds to a search in its bare index: the two in turn, on queries drawn from the gallery.</summary>
internal static class OverheadProbe
{
    private const int Warm = 6000, Measured = 3000, Added = 300, Counted = 500;

    /// <param name="file">The gallery, with its index built.</param>
    /// <param name="k">How many neighbours.</param>
    /// <returns>Medians in milliseconds and bytes allocated per search, to be written as JSON.</returns>
    public static async Task<object> RunAsync(string file, int k)
    {
        await using SqliteGalleryStore store = SqliteGalleryStore.Open(file);
        await using Gallery gallery = GalleryProbe.Open(store);
        await gallery.PrepareAsync(GalleryProbe.Space);
        IVectorIndex bare = new FastScanIndexProvider().Open(Directory.GetFiles(store.DerivedFilesDirectory, "*.fastscan").Single()).Index;
        int count = await store.CountAsync(new PaintingFilter());
        var random = new Random(3);
        var buffer = new Neighbor[k + 1]; // a search by key asks for one more, which is the work itself
        string[] keys = [.. Enumerable.Range(0, Warm + Measured + Added + Counted).Select(_ => GalleryProbe.Key(random.Next(count)))];
        var vectors = new ReadOnlyMemory<float>[keys.Length];
        for (int i = 0; i < keys.Length; i++)
        {
            vectors[i] = (await store.GetSignatureAsync(GalleryProbe.Space, keys[i]))!.Value.Vector;
        }

        List<double> index = [], byKey = [], bySignature = [], afterOne = [], indexAfterOne = [], afterOther = [];
        for (int i = 0; i < Warm + Measured; i++)
        {
            // Other queries for each, so that none finds the rows of the former in the processor's cache.
            int second = (i + 1) % keys.Length, third = (i + 2) % keys.Length;
            double bareTime = await GalleryProbe.TimeAsync(() => bare.SearchAsync(vectors[i], buffer).AsTask());
            double keyTime = await GalleryProbe.TimeAsync(() => gallery.SearchByKeyAsync(keys[second], k));
            double signatureTime = await GalleryProbe.TimeAsync(() => gallery.SearchAsync(new Signature(GalleryProbe.Space, vectors[third]), k));
            if (i >= Warm)
            {
                index.Add(bareTime);
                byKey.Add(keyTime);
                bySignature.Add(signatureTime);
            }
        }

        long indexBytes = await AllocatedAsync(i => bare.SearchAsync(vectors[i], buffer).AsTask());
        long keyBytes = await AllocatedAsync(i => gallery.SearchByKeyAsync(keys[i], k));
        long repeatedBytes = await AllocatedAsync(i => gallery.SearchByKeyAsync(keys[i % 5], k));
        string otherFile = Path.Combine(Path.GetTempPath(), $"overhead-{Environment.ProcessId}.db");
        await using SqliteGalleryStore other = SqliteGalleryStore.Open(otherFile);
        for (int i = 0; i < Added; i++)
        {
            // A write waits for the disk. What both searches cost after such a wait, with the processor's caches cold, is told beside:
            // the bare index after a commit, the search by key after a commit to another gallery.
            int query = Warm + Measured + i;
            await other.WriteAsync([GalleryProbe.Entry(count + i)]);
            afterOther.Add(await GalleryProbe.TimeAsync(() => gallery.SearchByKeyAsync(keys[^(i + 1)], k)));
            await store.WriteAsync([GalleryProbe.Entry(count + (2 * i))]);
            indexAfterOne.Add(await GalleryProbe.TimeAsync(() => bare.SearchAsync(vectors[query], buffer).AsTask()));
            await gallery.SearchByKeyAsync(keys[i], k); // the gallery takes up what was written
            await store.WriteAsync([GalleryProbe.Entry(count + (2 * i) + 1)]);
            afterOne.Add(await GalleryProbe.TimeAsync(() => gallery.SearchByKeyAsync(keys[query], k)));
        }

        await other.DisposeAsync();
        foreach (string file2 in Directory.GetFiles(Path.GetTempPath(), Path.GetFileName(otherFile) + "*"))
        {
            File.Delete(file2);
        }

        await store.RemoveAsync([.. Enumerable.Range(count, 2 * Added).Select(GalleryProbe.Key)]);
        double bareMedian = GalleryProbe.Quantile(index, 0.5), keyMedian = GalleryProbe.Quantile(byKey, 0.5);
        return new
        {
            works = count,
            k,
            index = bareMedian,
            byKey = keyMedian,
            bySignature = GalleryProbe.Quantile(bySignature, 0.5),
            overhead = keyMedian - bareMedian,
            afterOne = GalleryProbe.Quantile(afterOne, 0.5),
            indexAfterOne = GalleryProbe.Quantile(indexAfterOne, 0.5),
            afterOther = GalleryProbe.Quantile(afterOther, 0.5),
            indexBytes,
            byKeyBytes = keyBytes,
            repeatedBytes,
        };

        async Task<long> AllocatedAsync(Func<int, Task> search)
        {
            long before = GC.GetTotalAllocatedBytes(precise: true);
            for (int i = 0; i < Counted; i++)
            {
                await search(Warm + Measured + Added + i);
            }

            return (GC.GetTotalAllocatedBytes(precise: true) - before) / Counted;
        }
    }
}
