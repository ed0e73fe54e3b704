using System.Runtime.InteropServices;
using ArtSimilarity.Benchmarks.Comparisons;
using ArtSimilarity.Imaging;
using ArtSimilarity.NetVips;
using ArtSimilarity.Onnx;

namespace ArtSimilarity.Benchmarks.Signatures;

/// <summary>Real signatures of two models: every shared painting as a whole, through MobileNetV2 and through SqueezeNet, in the same order.</summary>
internal sealed class PairSet(string folder)
{
    private const int Batch = 16;

    public static IReadOnlyList<string> Models { get; } = ["mobilenetv2-gluon", "squeezenet1.1"];

    /// <summary>The signatures of a model.</summary>
    public string File(string model) => Path.Combine(folder, $"pair-{model}.fbin");

    /// <summary>Makes the set, unless it is there.</summary>
    public void Ensure()
    {
        Directory.CreateDirectory(folder);
        foreach (string model in Models)
        {
            if (!System.IO.File.Exists(File(model)))
            {
                Extract(model);
            }
        }
    }

    private void Extract(string model)
    {
        string[] paintings = [.. Directory.EnumerateFiles(Path.Combine(Report.Shared, "paintings", "images")).Order(StringComparer.Ordinal)];
        using var extractor = new OnnxFeatureExtractor(new OnnxFeatureExtractorOptions { ModelPath = Path.Combine(Report.Shared, "models", model + "-features.onnx") });
        int dimensions = extractor.Space.Dimensions, batches = (paintings.Length + Batch - 1) / Batch, done = 0;
        float[] signatures = new float[paintings.Length * dimensions];
        var decoder = new NetVipsImageDecoder();
        Parallel.For(0, batches, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount }, batch =>
        {
            int first = batch * Batch, count = Math.Min(Batch, paintings.Length - first);
            RgbImage[] images = [.. paintings.Skip(first).Take(count).Select(file => decoder.Decode(ImageSource.FromFile(file), extractor.InputSize))];
            extractor.Extract(images, signatures.AsSpan(first * dimensions, count * dimensions));
            Array.ForEach(images, image => image.Dispose());
            if (Interlocked.Increment(ref done) is int finished && finished % 100 == 0)
            {
                Console.WriteLine($"{model}: {finished * Batch} of {paintings.Length} paintings");
            }
        });
        VectorFile.Write(File(model), paintings.Length, dimensions, stream => stream.Write(MemoryMarshal.AsBytes<float>(signatures)));
    }
}
