using System.Diagnostics;
using ArtSimilarity.Annoy;
using ArtSimilarity.Evaluation;
using ArtSimilarity.Features;
using ArtSimilarity.Galleries;
using ArtSimilarity.Imaging;
using ArtSimilarity.Indexing;
using ArtSimilarity.Metrics;
using ArtSimilarity.Onnx;

namespace ArtSimilarity.Benchmarks.Comparisons;

/// <summary>Recall and time of the forest on real signatures of paintings, against the exact index.</summary>
internal static class ForestSweep
{
    private const int K = 250, QueryCount = 300;

    public static async Task RunAsync()
    {
        VectorSet all = await SignaturesAsync();
        var report = new Report("forest", $"The forest on {all.Count} real signatures ({all.Dimensions}-d, MobileNetV2), k = {K}, one thread");
        var random = new Random(5);
        HashSet<int> held = [.. Enumerable.Range(0, all.Count).OrderBy(_ => random.Next()).Take(QueryCount)];
        var searched = new VectorSet(all.Dimensions);
        using var exact = new FlatIndex(all.Dimensions, SimilarityMetrics.Angular);
        for (int row = 0; row < all.Count; row++)
        {
            if (!held.Contains(row))
            {
                searched.Add(all.Ids.Slice(row, 1), all[row]);
                exact.Add(all.Ids.Slice(row, 1), all[row]);
            }
        }

        int[] queries = [.. held.Order()];
        var results = new Neighbor[K];
        List<int[]> truth = [];
        List<double> flat = [];
        foreach (int query in queries)
        {
            flat.Add(Report.Milliseconds(() => exact.Search(all[query], results)));
            truth.Add([.. results.Select(neighbor => neighbor.Id)]);
        }

        report.Line($"{QueryCount} paintings are held out as queries (seed 5). The exact scan takes {Report.Median(flat):f2} ms (median).");
        report.Line();
        report.Line("| trees | candidates | recall@250 | quality Q | median ms | exact ÷ forest | build, s (1 thread) | build, s (all) | file, MB |");
        report.Line("|--:|--:|--:|--:|--:|--:|--:|--:|--:|");
        string file = Path.GetTempFileName();
        try
        {
            foreach (int trees in new[] { 10, 25, 50, 100 })
            {
                var one = new AnnoyIndexProvider(new AnnoyIndexOptions { TreeCount = trees, MaxDegreeOfParallelism = 1 });
                double build1 = Report.Milliseconds(() => one.Build(searched, SimilarityMetrics.Angular, null, "").Dispose()) / 1000;
                var provider = new AnnoyIndexProvider(new AnnoyIndexOptions { TreeCount = trees });
                double buildAll = Report.Milliseconds(() => provider.Build(searched, SimilarityMetrics.Angular, file, "").Dispose()) / 1000;
                double size = new FileInfo(file).Length / 1e6;
                foreach (int? candidates in new int?[] { null, 1000, 2000, 3000, 4000, 6000 })
                {
                    using ILocalVectorIndex forest = new AnnoyIndexProvider(new AnnoyIndexOptions { TreeCount = trees, SearchCandidates = candidates }).Open(file).Index;
                    double recall = 0, quality = 0;
                    List<double> times = [];
                    for (int i = 0; i < queries.Length; i++)
                    {
                        int query = queries[i];
                        forest.Search(all[query], results);
                        times.Add(Report.Milliseconds(() => forest.Search(all[query], results)));
                        int[] found = [.. results.Select(neighbor => neighbor.Id)];
                        recall += RetrievalMetrics.Recall(found, truth[i]);
                        quality += QualityOf(exact, all[query], found);
                    }

                    string shown = candidates is null ? "default" : candidates.Value.ToString(System.Globalization.CultureInfo.InvariantCulture);
                    report.Line($"| {trees} | {shown} | {recall / queries.Length:f3} | {quality / queries.Length:f3} | {Report.Median(times):f2} | {Report.Median(flat) / Report.Median(times):f1} | {build1:f1} | {buildAll:f1} | {size:f0} |");
                }
            }
        }
        finally
        {
            File.Delete(file);
        }

        report.Save();
    }

    private static double QualityOf(FlatIndex exact, ReadOnlySpan<float> query, int[] found)
    {
        var ranking = new Neighbor[exact.Count];
        exact.Search(query, ranking);
        Dictionary<int, int> rankOf = [];
        for (int i = 0; i < ranking.Length; i++)
        {
            rankOf.Add(ranking[i].Id, i + 1);
        }

        return RetrievalMetrics.Quality(found.Select(id => rankOf[id]));
    }

    /// <summary>The signatures of all shared paintings, extracted once and kept in the system's temporary folder.</summary>
    private static async Task<VectorSet> SignaturesAsync()
    {
        string cache = Path.Combine(Path.GetTempPath(), "artsim-benchmark-mobilenetv2.fbin");
        string model = Path.Combine(Report.Shared, "models", "mobilenetv2-gluon-features.onnx");
        using var extractor = new OnnxFeatureExtractor(new OnnxFeatureExtractorOptions { ModelPath = model });
        if (!File.Exists(cache))
        {
            await using var store = new InMemoryGalleryStore();
            await using var gallery = new Gallery(store, new VipsImageDecoder(), [extractor]);
            await gallery.AddAsync(Directory.EnumerateFiles(Path.Combine(Report.Shared, "paintings", "images")).Order(StringComparer.Ordinal)
                .Select(file => new PaintingImage(new Painting(Path.GetFileName(file)), ImageSource.FromFile(file))));
            VectorSet extracted = await store.ReadSignaturesAsync(extractor.Space);
            await using FileStream output = File.Create(cache + ".part");
            for (int row = 0; row < extracted.Count; row++)
            {
                output.Write(System.Runtime.InteropServices.MemoryMarshal.AsBytes(extracted[row]));
            }

            output.Close();
            File.Move(cache + ".part", cache);
        }

        float[] numbers = new float[new FileInfo(cache).Length / sizeof(float)];
        await using FileStream input = File.OpenRead(cache);
        input.ReadExactly(System.Runtime.InteropServices.MemoryMarshal.AsBytes(numbers.AsSpan()));
        var vectors = new VectorSet(extractor.Space.Dimensions);
        vectors.Add([.. Enumerable.Range(0, numbers.Length / vectors.Dimensions)], numbers);
        return vectors;
    }
}
