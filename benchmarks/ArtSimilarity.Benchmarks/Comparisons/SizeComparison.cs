using ArtSimilarity.FastScan;
using ArtSimilarity.Benchmarks.Signatures;
using ArtSimilarity.Indexing;
using ArtSimilarity.Metrics;

namespace ArtSimilarity.Benchmarks.Comparisons;

/// <summary>From which number of vectors on does choosing pay? The exact scan, a pass over all codes and the leaves, side by side.</summary>
internal static class SizeComparison
{
    private const int Queries = 300, Passes = 3;
    private static readonly int[] Counts = [250, 500, 1000, 2000, 5000, 10_000, 20_000, 40_000, 77_000], Ks = [10, 250], Dimensions = [128, 512];

    public static Task RunAsync()
    {
        var set = new SignatureSet(SignatureSet.DefaultFolder);
        set.Ensure();
        var report = new Report("sizes", "Exact scan, all codes or the nearest leaves: by number of vectors, dimensions and neighbours");
        report.Line($"Median milliseconds of a search on one thread ({Queries} queries, {Passes} passes), in brackets the recall. \"All codes\" is `FastScanIndex` with `SearchCandidates` = n. \"Leaves\" is `FastScanIndex` at its defaults. 512 dimensions are real signatures. 128 are the first quarter of their numbers. Bold is the fastest.");
        report.Line();
        report.Line("| dimensions | k | vectors | exact scan (`FlatIndex`) | all codes | leaves |");
        report.Line("|--:|--:|--:|--:|--:|--:|");
        float[] rows = VectorFile.ReadAll(set.Base), queries = VectorFile.ReadAll(set.Queries);
        int whole;
        using (VectorFile file = VectorFile.Open(set.Base))
        {
            whole = file.Dimensions;
        }

        foreach (int dimensions in Dimensions)
        {
            foreach (int count in Counts)
            {
                VectorSet vectors = Take(rows, whole, dimensions, count), asked = Take(queries, whole, dimensions, Queries);
                using var flat = new FlatIndex(dimensions, SimilarityMetrics.Angular);
                for (int row = 0; row < count; row++)
                {
                    flat.Add(vectors.Ids.Slice(row, 1), vectors[row]);
                }

                using FastScanIndex index = new FastScanIndexProvider().Build(vectors, SimilarityMetrics.Angular, null, "");
                foreach (int k in Ks)
                {
                    FastScanSearchSettings usual = FastScanSearchSettings.DefaultFor(k, count);
                    var truth = new Neighbor[Queries][];
                    (double exact, _) = Measure(asked, k, truth, keep: true, (query, results) => flat.Search(query, results));
                    (double codes, double codesRecall) = Measure(asked, k, truth, keep: false, (query, results) => index.Search(query, results, null, usual with { SearchCandidates = count }));
                    (double leaves, double leavesRecall) = Measure(asked, k, truth, keep: false, (query, results) => index.Search(query, results));
                    double fastest = Math.Min(exact, Math.Min(codes, leaves));
                    report.Line(FormattableString.Invariant($"| {dimensions} | {k} | {count:n0} | {Shown(exact, 1, fastest)} | {Shown(codes, codesRecall, fastest)} | {Shown(leaves, leavesRecall, fastest)} |"));
                }
            }
        }

        report.Save();
        return Task.CompletedTask;
    }

    private static string Shown(double milliseconds, double recall, double fastest)
    {
        string time = milliseconds.ToString("f4", System.Globalization.CultureInfo.InvariantCulture);
        return FormattableString.Invariant($"{(milliseconds == fastest ? $"**{time}**" : time)} ({recall:f3})");
    }

    private static (double Milliseconds, double Recall) Measure(VectorSet queries, int k, Neighbor[][] truth, bool keep, SearchOne search)
    {
        var results = new Neighbor[Math.Max(1, k)];
        double[][] times = [.. Enumerable.Range(0, queries.Count).Select(_ => new double[Passes])];
        double recall = 0;
        for (int pass = 0; pass < Passes; pass++)
        {
            for (int query = 0; query < queries.Count; query++)
            {
                int found = 0;
                times[query][pass] = Report.Milliseconds(() => found = search(queries[query], results));
                if (pass == 0)
                {
                    if (keep)
                    {
                        truth[query] = results[..found];
                    }

                    HashSet<int> ids = [.. truth[query].Select(neighbor => neighbor.Id)];
                    recall += results[..found].Count(neighbor => ids.Contains(neighbor.Id)) / (double)Math.Max(1, ids.Count);
                }
            }
        }

        return (Report.Median(times.Select(Report.Median)), recall / queries.Count);
    }

    private static VectorSet Take(float[] rows, int width, int dimensions, int count)
    {
        var vectors = new VectorSet(dimensions);
        for (int row = 0; row < count; row++)
        {
            vectors.Add([row], rows.AsSpan(row * width, dimensions));
        }

        return vectors;
    }

    private delegate int SearchOne(ReadOnlySpan<float> query, Span<Neighbor> results);
}
