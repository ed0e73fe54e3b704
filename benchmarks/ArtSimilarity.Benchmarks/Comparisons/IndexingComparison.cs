using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using ArtSimilarity.Imaging;
using ArtSimilarity.NetVips;
using Microsoft.ML.OnnxRuntime;

namespace ArtSimilarity.Benchmarks.Comparisons;

/// <summary>`artsim index` end to end against its parts, each run flat out on all cores: what does the pipeline add?</summary>
internal static class IndexingComparison
{
    private const int Side = 224, PreparedTensors = 64;

    public static async Task RunAsync()
    {
        string paintings = Path.Combine(Report.Shared, "paintings");
        string model = Path.Combine(Report.Shared, "models", "mobilenetv2-gluon-features.onnx");
        string[] files = [.. Directory.EnumerateFiles(Path.Combine(paintings, "images")).Order(StringComparer.Ordinal)];
        var report = new Report("index", $"Indexing {files.Length} paintings with MobileNetV2");

        double decoding = DecodeAll(files);
        double perCore = InferAll(model, files.Length, callers: Environment.ProcessorCount, threads: 1);
        double together = InferAll(model, files.Length, callers: 1, threads: Environment.ProcessorCount);
        double inference = Math.Min(perCore, together);
        (double part, long partMemory, int partCount) = await IndexAsync(paintings, model, files.Length / 4);
        (double whole, long wholeMemory, int count) = await IndexAsync(paintings, model, files.Length);

        report.Line("| what | seconds | images per second |");
        report.Line("|---|--:|--:|");
        report.Line($"| decoding alone (NetVipsImageDecoder from files, at least {Side}×{Side}, one thread per core) | {decoding:f1} | {files.Length / decoding:f0} |");
        report.Line($"| ONNX Runtime alone on prepared tensors, one caller per core with one thread each | {perCore:f1} | {files.Length / perCore:f0} |");
        report.Line($"| ONNX Runtime alone on prepared tensors, one caller with one thread per core | {together:f1} | {files.Length / together:f0} |");
        report.Line($"| sum of decoding and the faster inference | {decoding + inference:f1} | {files.Length / (decoding + inference):f0} |");
        report.Line($"| `artsim index`, the whole process from start to exit | {whole:f1} | {count / whole:f0} |");
        report.Line();
        report.Line($"**`artsim index` takes {whole / (decoding + inference):f2} × the sum of its parts.** Peak memory (VmHWM): {wholeMemory / 1024.0:f0} MB for {count} paintings, {partMemory / 1024.0:f0} MB for {partCount} ({part:f1} s).");
        report.Save();
    }

    private static double DecodeAll(string[] files)
    {
        var decoder = new NetVipsImageDecoder();
        decoder.Decode(ImageSource.FromFile(files[0]), new ImageSize(Side, Side)).Dispose();
        return Report.Milliseconds(() => Parallel.ForEach(
            files,
            new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount },
            file => decoder.Decode(ImageSource.FromFile(file), new ImageSize(Side, Side)).Dispose())) / 1000;
    }

    private static double InferAll(string model, int count, int callers, int threads)
    {
        using var options = new SessionOptions { IntraOpNumThreads = threads, InterOpNumThreads = 1 };
        using var session = new InferenceSession(model, options);
        using var runOptions = new RunOptions();
        const int Length = 3 * Side * Side;
        var random = new Random(3);
        float[][] tensors = [.. Enumerable.Range(0, PreparedTensors).Select(_ => Enumerable.Range(0, Length).Select(_ => (float)((random.NextDouble() * 4) - 2)).ToArray())];
        int next = -1;
        void Caller()
        {
            using OrtValue output = OrtValue.CreateTensorValueFromMemory(new float[1280], [1, 1280]);
            OrtValue[] inputs = [.. tensors.Select(tensor => OrtValue.CreateTensorValueFromMemory(tensor, [1, 3, Side, Side]))];
            for (int i = Interlocked.Increment(ref next); i < count; i = Interlocked.Increment(ref next))
            {
                session.Run(runOptions, ["input"], [inputs[i % PreparedTensors]], ["embedding"], [output]);
            }

            Array.ForEach(inputs, input => input.Dispose());
        }

        session.Run(runOptions, ["input"], [OrtValue.CreateTensorValueFromMemory(tensors[0], [1, 3, Side, Side])], ["embedding"]).Dispose();
        return Report.Milliseconds(() =>
        {
            Thread[] others = [.. Enumerable.Range(1, callers - 1).Select(_ => new Thread(Caller))];
            Array.ForEach(others, thread => thread.Start());
            Caller();
            Array.ForEach(others, thread => thread.Join());
        }) / 1000;
    }

    private static async Task<(double Seconds, long PeakKilobytes, int Count)> IndexAsync(string paintings, string model, int limit)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("artsim-benchmark");
        try
        {
            string tool = Path.Combine(Report.Root, "tools", "ArtSimilarity.Cli", "bin", "Release", "net10.0", "artsim");
            var start = new ProcessStartInfo(
                tool,
                ["index", paintings, "--metadata", Path.Combine(paintings, "paintings.csv"), "--gallery", Path.Combine(folder.FullName, "gallery.db"), "--model", model, "--limit", limit.ToString(CultureInfo.InvariantCulture), "--json"])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            };
            long begin = Stopwatch.GetTimestamp();
            using Process process = Process.Start(start)!;
            Task<string> output = process.StandardOutput.ReadToEndAsync();
            Task<string> error = process.StandardError.ReadToEndAsync();
            long peak = 0;
            while (!process.HasExited)
            {
                peak = Math.Max(peak, PeakOf(process.Id));
                await Task.Delay(200);
            }

            await process.WaitForExitAsync();
            double seconds = Stopwatch.GetElapsedTime(begin).TotalSeconds;
            if (process.ExitCode != 0)
            {
                throw new InvalidOperationException($"artsim index failed: {await error}");
            }

            using JsonDocument json = JsonDocument.Parse(await output);
            return (seconds, peak, json.RootElement.GetProperty("indexed").GetInt32());
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static long PeakOf(int process)
    {
        try
        {
            string? line = File.ReadLines($"/proc/{process}/status").FirstOrDefault(line => line.StartsWith("VmHWM:", StringComparison.Ordinal));
            return line is null ? 0 : long.Parse(line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            return 0; // it has just ended
        }
    }
}
