using System.Globalization;
using System.Numerics.Tensors;
using ArtSimilarity.FastScan;
using ArtSimilarity.Benchmarks.Signatures;
using ArtSimilarity.Features;
using ArtSimilarity.Galleries;

namespace ArtSimilarity.Benchmarks.Comparisons;

/// <summary>Searches in two feature spaces at once: through the indexes beside the exact scan, which is held against a brute force.</summary>
internal static class CriteriaComparison
{
    private const int Queries = 200, Passes = 3, QuerySeed = 5, Grown = 77_000;
    private static readonly int[] Ks = [10, 250];
    private static readonly double[] Weights = [0.5, 0.6, 0.9];

    public static async Task RunAsync()
    {
        var set = new PairSet(SignatureSet.DefaultFolder);
        set.Ensure();
        FeatureSpace[] spaces = [.. PairSet.Models.Select(model => new FeatureSpace(model, "whole painting", DimensionsOf(set.File(model))))];
        float[][] all = [.. PairSet.Models.Select(model => VectorFile.ReadAll(set.File(model)))];
        int paintings = all[0].Length / spaces[0].Dimensions;
        int[] order = [.. Enumerable.Range(0, paintings)];
        new Random(QuerySeed).Shuffle(order);

        var report = new Report("criteria", "Two feature spaces at once: the exact scan and the search through the indexes");
        report.Line($"Signatures of {paintings:n0} paintings by {PairSet.Models[0]} ({spaces[0].Dimensions}-d) and {PairSet.Models[1]} ({spaces[1].Dimensions}-d); {Queries} of them, which are not in the gallery, are the queries. In {Grown:n0} works each real one is followed by jittered copies. Milliseconds are medians of a whole `Gallery.SearchAsync` by signatures, one at a time. The gallery is in memory, with `FastScanIndex` at its defaults ({Passes} passes, exact and index by turns). Plain are two searches, one in each space, through the same indexes. Recall@k is against the exact combined answer. That itself was compared with a brute force in double precision. All is the share of searches that ended by comparing with every work.");
        report.Line();
        report.Line("| works | weights | k | exact scan, ms | indexes, ms | ratio | recall@k | all | plain, ms |");
        report.Line("|--:|:-:|--:|--:|--:|--:|--:|--:|--:|");
        foreach (int count in new[] { paintings - Queries, Grown })
        {
            await MeasureAsync(report, spaces, all, order, count);
        }

        report.Save();
    }

    private static async Task MeasureAsync(Report report, FeatureSpace[] spaces, float[][] all, int[] order, int count)
    {
        float[][] rows = [.. all.Select((numbers, space) => Take(numbers, spaces[space].Dimensions, order.AsSpan(Queries), count))];
        float[][] queries = [.. all.Select((numbers, space) => Take(numbers, spaces[space].Dimensions, order.AsSpan(0, Queries), Queries))];
        await using var store = new InMemoryGalleryStore();
        for (int first = 0; first < count; first += 1000)
        {
            await store.WriteAsync([.. Enumerable.Range(first, Math.Min(1000, count - first)).Select(work => new GalleryEntry(new Painting(KeyOf(work)), "-", Signatures(spaces, rows, work)))]);
        }

        await using var gallery = new Gallery(store, null, [], new FastScanIndexProvider());
        foreach (FeatureSpace space in spaces)
        {
            await gallery.PrepareAsync(space);
        }

        foreach (double weight in Weights)
        {
            SpaceWeight[] weights = [new(spaces[0], weight), new(spaces[1], 1 - weight)];
            var exactly = new GallerySearchOptions { Spaces = weights, Quality = 1 };
            var quickly = new GallerySearchOptions { Spaces = weights };
            foreach (int k in Ks)
            {
                List<double> exact = [], indexed = [], plain = [];
                double recall = 0, whole = 0;
                for (int pass = -1; pass < Passes; pass++)
                {
                    for (int query = 0; query < Queries; query++)
                    {
                        Signature[] asked = Signatures(spaces, queries, query);
                        GallerySearchResult truth = null!, found = null!;
                        double e = await Milliseconds(async () => truth = await gallery.SearchAsync(asked, k, exactly));
                        double i = await Milliseconds(async () => found = await gallery.SearchAsync(asked, k, quickly));
                        double p = await Milliseconds(async () =>
                        {
                            foreach (Signature one in asked)
                            {
                                await gallery.SearchAsync(one, k);
                            }
                        });
                        if (pass < 0)
                        {
                            // The pass that warms up is the one that is looked at.
                            HashSet<string> keys = [.. truth.Results.Select(result => result.Painting.Key)];
                            recall += found.Results.Count(result => keys.Contains(result.Painting.Key)) / (double)keys.Count / Queries;
                            whole += found.IsExact ? 1.0 / Queries : 0;
                            if (query % 10 == 0)
                            {
                                ThrowIfNotNearest(truth, spaces, rows, asked, weight);
                            }
                        }
                        else
                        {
                            exact.Add(e);
                            indexed.Add(i);
                            plain.Add(p);
                        }
                    }
                }

                double scan = Report.Median(exact), index = Report.Median(indexed);
                report.Line($"| {count:n0} | {weight:0.0} : {1 - weight:0.0} | {k} | {scan:0.00} | {index:0.00} | {scan / index:0.0} | {recall:0.0000} | {whole:0%} | {Report.Median(plain):0.00} |");
            }
        }
    }

    /// <summary>Compares the distances of an exact answer with those of all works, summed in double precision.</summary>
    private static void ThrowIfNotNearest(GallerySearchResult found, FeatureSpace[] spaces, float[][] rows, Signature[] query, double weight)
    {
        int count = rows[0].Length / spaces[0].Dimensions;
        double[] distances = new double[count];
        Parallel.For(0, count, work =>
        {
            double sum = 0;
            for (int space = 0; space < spaces.Length; space++)
            {
                ReadOnlySpan<float> x = query[space].Vector.Span, y = rows[space].AsSpan(work * spaces[space].Dimensions, spaces[space].Dimensions);
                double dot = 0, xx = 0, yy = 0;
                for (int i = 0; i < x.Length; i++)
                {
                    dot += (double)x[i] * y[i];
                    xx += (double)x[i] * x[i];
                    yy += (double)y[i] * y[i];
                }

                sum += (space == 0 ? weight : 1 - weight) * 2 * (1 - (dot / Math.Sqrt(xx * yy)));
            }

            distances[work] = Math.Sqrt(sum);
        });
        Array.Sort(distances);
        for (int i = 0; i < found.Results.Count; i++)
        {
            if (Math.Abs(found.Results[i].Distance - distances[i]) > 1e-6)
            {
                throw new InvalidOperationException($"Neighbour {i} lies at {found.Results[i].Distance}, not at {distances[i]}.");
            }
        }
    }

    /// <summary>The rows of some paintings; more than there are begin again, jittered.</summary>
    private static float[] Take(float[] numbers, int dimensions, ReadOnlySpan<int> paintings, int count)
    {
        float[] rows = new float[count * dimensions];
        for (int i = 0; i < Math.Min(count, paintings.Length); i++)
        {
            ReadOnlySpan<float> row = numbers.AsSpan(paintings[i] * dimensions, dimensions);
            TensorPrimitives.Divide(row, TensorPrimitives.Norm(row), rows.AsSpan(i * dimensions, dimensions));
        }

        if (count > paintings.Length)
        {
            var jitter = new Jitter(rows[..(paintings.Length * dimensions)], dimensions);
            for (int i = paintings.Length; i < count; i++)
            {
                jitter.Next().CopyTo(rows.AsSpan(i * dimensions, dimensions));
            }
        }

        return rows;
    }

    private static Signature[] Signatures(FeatureSpace[] spaces, float[][] rows, int row) =>
        [.. spaces.Select((space, i) => new Signature(space, rows[i].AsMemory(row * space.Dimensions, space.Dimensions)))];

    private static string KeyOf(int work) => work.ToString(CultureInfo.InvariantCulture);

    private static int DimensionsOf(string path)
    {
        using VectorFile file = VectorFile.Open(path);
        return file.Dimensions;
    }

    private static async Task<double> Milliseconds(Func<Task> action)
    {
        long start = System.Diagnostics.Stopwatch.GetTimestamp();
        await action();
        return System.Diagnostics.Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }
}
