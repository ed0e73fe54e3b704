using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using ArtSimilarity.Benchmarks.Comparisons;
using ArtSimilarity.Benchmarks.Signatures;
using ArtSimilarity.Indexing;

namespace ArtSimilarity.Benchmarks.Ann;

/// <summary>
/// The index of this project as a program of its own, with the verbs, the measurement and the lines of the rivals' (rivals/rival.hpp):
/// <c>ann build BASE INDEX THREADS ROWS</c> and <c>ann serve INDEX QUERIES TRUTH</c>.
/// </summary>
internal static class OurProgram
{
    private const string Tool = "ours";
    private const int Warming = 20, RowsAtOnce = 1024;

    public static void Run(string[] args)
    {
        switch (args)
        {
            case ["build", string vectors, string index, string threads, string rows]:
                Build(vectors, index, int.Parse(threads, CultureInfo.InvariantCulture), int.Parse(rows, CultureInfo.InvariantCulture));
                break;
            case ["serve", string index, string queries, string truth]:
                Serve(index, queries, truth);
                break;
            default:
                throw new ArgumentException("Usage: ann build BASE INDEX THREADS ROWS | ann serve INDEX QUERIES TRUTH");
        }
    }

    public static VectorSet ReadVectors(string path, int rows)
    {
        using VectorFile file = VectorFile.Open(path);
        rows = Math.Min(rows, file.Count);
        var vectors = new VectorSet(file.Dimensions);
        float[] numbers = new float[RowsAtOnce * file.Dimensions];
        for (int first = 0; first < rows; first += RowsAtOnce)
        {
            int count = Math.Min(RowsAtOnce, rows - first);
            Span<float> block = numbers.AsSpan(0, count * file.Dimensions);
            file.Read(block);
            vectors.Add([.. Enumerable.Range(first, count)], block);
        }

        return vectors;
    }

    private static void Build(string path, string index, int threads, int rows)
    {
        // The rivals' times include reading the vectors: so does this one.
        long start = Stopwatch.GetTimestamp();
        OurIndex.Build(ReadVectors(path, rows), index, threads).Dispose();
        Print(new BuildFigures(Tool, "", threads, Stopwatch.GetElapsedTime(start).TotalSeconds, SaveS: 0, new FileInfo(index).Length, PeakKilobytes()));
    }

    private static void Serve(string path, string queriesPath, string truthPath)
    {
        using OurIndex index = OurIndex.Open(path);
        int dimensions, count;
        using (VectorFile file = VectorFile.Open(queriesPath))
        {
            (count, dimensions) = (file.Count, file.Dimensions);
        }

        float[] queries = VectorFile.ReadAll(queriesPath);
        var truth = NearestFile.Read(truthPath);
        Dictionary<(int K, string Setting), List<double[]>> rounds = [];
        while (Console.ReadLine() is string line)
        {
            string[] parts = line.Split(' ', 2);
            int k = int.Parse(parts[0], CultureInfo.InvariantCulture);
            string setting = parts[1];
            var results = new Neighbor[k];
            for (int q = 0; q < Warming; q++)
            {
                index.Search(queries.AsSpan((count - 1 - (q % count)) * dimensions, dimensions), results, setting);
            }

            double[] times = new double[count];
            long found = 0;
            for (int q = 0; q < count; q++)
            {
                long start = Stopwatch.GetTimestamp();
                int filled = index.Search(queries.AsSpan(q * dimensions, dimensions), results, setting);
                times[q] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
                found += truth.CountFound(q, k, results.AsSpan(0, filled));
            }

            if (!rounds.TryGetValue((k, setting), out List<double[]>? all))
            {
                rounds[(k, setting)] = all = [];
            }

            all.Add(times);
            double[] medians = [.. Enumerable.Range(0, count).Select(q => Report.Median(all.Select(round => round[q])))];
            Print(new Measurement(Tool, OurIndex.Describe(setting), k, (double)found / ((long)count * k), Report.Median(medians), medians.Average(), all.Count, PeakKilobytes()));
        }
    }

    private static void Print<T>(T figures)
    {
        Console.WriteLine(JsonSerializer.Serialize(figures, Figures.Json));
        Console.Out.Flush();
    }

    private static long PeakKilobytes() =>
        File.ReadLines("/proc/self/status").Where(line => line.StartsWith("VmHWM:", StringComparison.Ordinal))
            .Select(line => long.Parse(line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture)).FirstOrDefault();
}
