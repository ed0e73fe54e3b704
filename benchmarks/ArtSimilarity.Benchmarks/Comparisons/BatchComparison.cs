using ArtSimilarity.FastScan;
using ArtSimilarity.Benchmarks.Signatures;
using ArtSimilarity.Indexing;
using ArtSimilarity.Metrics;

namespace ArtSimilarity.Benchmarks.Comparisons;

/// <summary>What a second core adds to a batch of searches.</summary>
internal static class BatchComparison
{
    private const int BatchQueries = 1000, Rounds = 15, WarmUpRounds = 3;
    private static readonly int[] Neighbors = [10, 250, 1000];

    public static Task RunAsync()
    {
        var set = new SignatureSet(SignatureSet.DefaultFolder);
        set.Ensure();
        float[] rows = VectorFile.ReadAll(set.Base), asked = VectorFile.ReadAll(set.Queries);
        int dimensions;
        using (VectorFile file = VectorFile.Open(set.Base))
        {
            dimensions = file.Dimensions;
        }

        var vectors = new VectorSet(dimensions);
        vectors.Add([.. Enumerable.Range(0, rows.Length / dimensions)], rows);
        float[] queries = [.. Enumerable.Repeat(asked, (BatchQueries * dimensions / asked.Length) + 1).SelectMany(part => part).Take(BatchQueries * dimensions)];
        using FastScanIndex one = new FastScanIndexProvider(new FastScanIndexOptions { MaxDegreeOfParallelism = 1 }).Build(vectors, SimilarityMetrics.Angular, null, "");
        using FastScanIndex two = new FastScanIndexProvider(new FastScanIndexOptions { MaxDegreeOfParallelism = 2 }).Build(vectors, SimilarityMetrics.Angular, null, "");

        var report = new Report("batches", $"Batches of {BatchQueries} searches among {vectors.Count} × {dimensions} real signatures");
        report.Line($"`SearchMany` at the default settings, medians of {Rounds} rounds in turn.");
        report.Line();
        report.Line("| k | searches per second, 1 thread | 2 threads | ratio |");
        report.Line("|--:|--:|--:|--:|");
        foreach (int k in Neighbors)
        {
            var results = new Neighbor[BatchQueries * k];
            int[] counts = new int[BatchQueries];
            List<double> single = [], both = [];
            for (int round = -WarmUpRounds; round < Rounds; round++)
            {
                double first = Report.Milliseconds(() => one.SearchMany(queries, k, results, counts));
                double second = Report.Milliseconds(() => two.SearchMany(queries, k, results, counts));
                if (round >= 0)
                {
                    single.Add(first);
                    both.Add(second);
                }
            }

            double s = Report.Median(single), b = Report.Median(both);
            report.Line($"| {k} | {BatchQueries * 1000 / s:f0} | {BatchQueries * 1000 / b:f0} | {s / b:f2} |");
        }

        report.Save();
        return Task.CompletedTask;
    }
}
