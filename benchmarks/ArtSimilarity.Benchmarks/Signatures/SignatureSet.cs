using System.Runtime.InteropServices;
using ArtSimilarity.Benchmarks.Comparisons;
using ArtSimilarity.Imaging;
using ArtSimilarity.NetVips;
using ArtSimilarity.Onnx;

namespace ArtSimilarity.Benchmarks.Signatures;

/// <summary>
/// Real signatures, as many as the paper's collection: the whole and five crops of every shared painting through SqueezeNet. The
/// queries are the wholes of 500 paintings that are kept out of the base with all their views.
/// </summary>
internal sealed class SignatureSet(string folder)
{
    private const int QuerySeed = 5, OrderSeed = 6, QueryPaintings = 500;

    /// <summary>A crop's sides, as a part of the painting's: large enough that views of one painting lie near one another.</summary>
    private const double CropSide = 0.6;

    private static readonly ImageRegion[] Crops =
    [
        new((1 - CropSide) / 2, (1 - CropSide) / 2, CropSide, CropSide),
        new(0, 0, CropSide, CropSide),
        new(1 - CropSide, 0, CropSide, CropSide),
        new(0, 1 - CropSide, CropSide, CropSide),
        new(1 - CropSide, 1 - CropSide, CropSide, CropSide),
    ];

    public static string DefaultFolder => Path.Combine(Path.GetTempPath(), "artsim-signatures");

    public string Folder => folder;

    public string Base => Path.Combine(folder, "base.fbin");

    public string Queries => Path.Combine(folder, "queries.fbin");

    /// <summary>The base followed by jittered copies of it.</summary>
    public string Grown => Path.Combine(folder, "grown.fbin");

    /// <summary>Makes the set, unless it is there.</summary>
    public void Ensure()
    {
        if (File.Exists(Base) && File.Exists(Queries))
        {
            Describe(Base);
            Describe(Queries);
            return;
        }

        Directory.CreateDirectory(folder);
        string[] files = [.. Directory.EnumerateFiles(Path.Combine(Report.Shared, "paintings", "images")).Order(StringComparer.Ordinal)];
        using var extractor = new OnnxFeatureExtractor(new OnnxFeatureExtractorOptions { ModelPath = Path.Combine(Report.Shared, "models", "squeezenet1.1-features.onnx") });
        int dimensions = extractor.Space.Dimensions;
        float[] views = Extract(files, extractor);
        int viewsOfPainting = 1 + Crops.Length;

        int[] paintings = [.. Enumerable.Range(0, files.Length)];
        new Random(QuerySeed).Shuffle(paintings);
        int[] rows = [.. paintings.Skip(QueryPaintings).SelectMany(painting => Enumerable.Range(painting * viewsOfPainting, viewsOfPainting))];
        new Random(OrderSeed).Shuffle(rows); // the order of a file must help no index
        WriteRows(Queries, [.. paintings.Take(QueryPaintings).Select(painting => painting * viewsOfPainting)], views, dimensions);
        WriteRows(Base, rows, views, dimensions);
    }

    /// <summary>Makes <see cref="Grown"/> with at least so many rows, unless it is there. A smaller set is the beginning of a larger one.</summary>
    public void EnsureGrown(int count)
    {
        Ensure();
        if (File.Exists(Grown))
        {
            using VectorFile present = VectorFile.Open(Grown);
            if (present.Count >= count)
            {
                Describe(Grown);
                return;
            }
        }

        float[] rows = VectorFile.ReadAll(Base);
        int dimensions;
        using (VectorFile file = VectorFile.Open(Base))
        {
            dimensions = file.Dimensions;
        }

        var jitter = new Jitter(rows, dimensions);
        VectorFile.Write(Grown, count, dimensions, stream =>
        {
            int baseCount = rows.Length / dimensions;
            stream.Write(MemoryMarshal.AsBytes(rows.AsSpan(0, Math.Min(baseCount, count) * dimensions)));
            for (int copy = 0; copy < count - baseCount; copy++)
            {
                stream.Write(MemoryMarshal.AsBytes(jitter.Next()));
            }
        });
        Describe(Grown);
    }

    private static float[] Extract(string[] files, OnnxFeatureExtractor extractor)
    {
        int dimensions = extractor.Space.Dimensions, views = 1 + Crops.Length;
        float[] signatures = new float[files.Length * views * dimensions];

        // Large enough for a crop to fill the model's input; smaller paintings come as they are.
        ImageSize size = new((int)Math.Ceiling(extractor.InputSize.Width / CropSide), (int)Math.Ceiling(extractor.InputSize.Height / CropSide));
        var decoder = new NetVipsImageDecoder();
        int done = 0;
        Parallel.For(0, files.Length, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount }, i =>
        {
            using RgbImage whole = decoder.Decode(ImageSource.FromFile(files[i]), size);
            RgbImage[] images = [whole, .. Crops.Select(whole.Crop)];
            extractor.Extract(images, signatures.AsSpan(i * views * dimensions, views * dimensions));
            Array.ForEach(images, image => image.Dispose());
            if (Interlocked.Increment(ref done) is int count && count % 1000 == 0)
            {
                Console.WriteLine($"{count} of {files.Length} paintings");
            }
        });
        return signatures;
    }

    private static void WriteRows(string path, int[] rows, float[] views, int dimensions)
    {
        VectorFile.Write(path, rows.Length, dimensions, stream => Array.ForEach(rows, row => stream.Write(MemoryMarshal.AsBytes(views.AsSpan(row * dimensions, dimensions)))));
        Describe(path);
    }

    private static void Describe(string path)
    {
        using VectorFile file = VectorFile.Open(path);
        Console.WriteLine($"{path}: {file.Count} × {file.Dimensions}");
    }
}
