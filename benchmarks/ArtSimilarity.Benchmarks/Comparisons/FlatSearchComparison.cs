using System.Diagnostics;
using System.Globalization;
using ArtSimilarity.Indexing;
using ArtSimilarity.Metrics;

namespace ArtSimilarity.Benchmarks.Comparisons;

/// <summary>One exact query on one thread against reading the same bytes and against faiss.IndexFlatIP.</summary>
internal static class FlatSearchComparison
{
    private const int Count = 76_000, Dimensions = 512, Rounds = 101;

    public static async Task RunAsync()
    {
        var report = new Report("flat", "Exact search: one query over 76,000 × 512 floats, one thread");
        var random = new Random(1);
        float[] data = new float[Count * Dimensions];
        for (int row = 0; row < Count; row++)
        {
            Span<float> vector = data.AsSpan(row * Dimensions, Dimensions);
            for (int i = 0; i < Dimensions; i++)
            {
                vector[i] = (float)((random.NextDouble() + random.NextDouble() + random.NextDouble()) - 1.5);
            }

            System.Numerics.Tensors.TensorPrimitives.Divide(vector, System.Numerics.Tensors.TensorPrimitives.Norm(vector), vector);
        }

        string file = Path.GetTempFileName();
        try
        {
            await WriteAsync(file, data);
            report.Line("| k | reading the bytes, ms | FlatIndex, ms | ratio to reading | faiss IndexFlatIP, ms | faiss ÷ FlatIndex | bytes allocated per query | batch of 64, ms per query |");
            report.Line("|--:|--:|--:|--:|--:|--:|--:|--:|");
            string version = "";
            foreach (int k in new[] { 10, 250 })
            {
                version = await MeasureAsync(report, file, data, k);
            }

            report.Line();
            report.Line($"Times are medians of {Rounds} rounds, the three interleaved in one run. The metric is the inner product on unit vectors. The bytes are read from a copy on cache lines and, where the system grants them, huge pages. That is the fastest reading found. The rival is {version} from Debian with `omp_set_num_threads(1)`.");
            report.Save();
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static async Task<string> MeasureAsync(Report report, string file, float[] data, int k)
    {
        using var reader = new MemoryReader(data);
        using var index = new FlatIndex(Dimensions, SimilarityMetrics.InnerProduct);
        index.Add([.. Enumerable.Range(0, Count)], data);
        using Process rival = Process.Start(new ProcessStartInfo("/usr/bin/python3", [Path.Combine(Report.Root, "benchmarks", "rivals", "faiss_flat.py"), file, k.ToString(CultureInfo.InvariantCulture)])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        string version = await rival.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("faiss did not start; install python3-faiss.");

        var results = new Neighbor[k];
        float[] query = new float[Dimensions];
        List<double> reading = [], ours = [], theirs = [];
        long allocated = 0;
        for (int round = -10; round < Rounds; round++)
        {
            data.AsSpan((round + 10) * 37 % Count * Dimensions, Dimensions).CopyTo(query);
            double read = Report.Milliseconds(() => reader.Read());
            long before = GC.GetAllocatedBytesForCurrentThread();
            long start = Stopwatch.GetTimestamp();
            index.Search(query, results);
            double search = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            long bytes = GC.GetAllocatedBytesForCurrentThread() - before;
            await rival.StandardInput.WriteLineAsync("go");
            await rival.StandardInput.FlushAsync();
            double faiss = double.Parse((await rival.StandardOutput.ReadLineAsync())!, CultureInfo.InvariantCulture);
            if (round >= 0)
            {
                reading.Add(read);
                ours.Add(search);
                theirs.Add(faiss);
                allocated += bytes;
            }
        }

        rival.StandardInput.Close();
        await rival.WaitForExitAsync();
        var many = new Neighbor[64 * k];
        int[] counts = new int[64];
        double batch = Report.Median(Enumerable.Range(0, 7).Select(_ => Report.Milliseconds(() => index.SearchMany(data.AsMemory(0, 64 * Dimensions), k, many, counts)) / 64));
        double r = Report.Median(reading), o = Report.Median(ours), f = Report.Median(theirs);
        report.Line($"| {k} | {r:f2} | {o:f2} | {o / r:f2} | {f:f2} | {f / o:f2} | {(double)allocated / Rounds:f0} | {batch:f2} |");
        return version;
    }

    private static async Task WriteAsync(string file, float[] data)
    {
        await using FileStream stream = File.Create(file);
        await stream.WriteAsync(System.Runtime.InteropServices.MemoryMarshal.AsBytes<int>(new[] { Count, Dimensions }).ToArray());
        await stream.WriteAsync(System.Runtime.InteropServices.MemoryMarshal.AsBytes(data.AsSpan()).ToArray());
    }
}
