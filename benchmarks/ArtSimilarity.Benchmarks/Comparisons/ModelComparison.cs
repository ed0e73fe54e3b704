using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using ArtSimilarity.Imaging;
using ArtSimilarity.NetVips;
using ArtSimilarity.Onnx;

namespace ArtSimilarity.Benchmarks.Comparisons;

/// <summary>
/// What models cost: the size of the file, and the time of one decoded image on one thread. Before each trained model stands the one
/// of <c>shared/models</c> that its training began with. Writes JSON, which <c>benchmarks/genre.sh</c> makes its tables of.
/// </summary>
internal static class ModelComparison
{
    private const int Images = 16, Rounds = 11;
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    public static int Run(IReadOnlyList<string> files)
    {
        if (files.Count == 0)
        {
            Console.Error.WriteLine("Usage: compare models MODEL.onnx…");
            return 2;
        }

        List<MeasuredModel> models = [];
        try
        {
            foreach (string file in files)
            {
                Load(file, models);
            }

            Measure(models);
            Console.WriteLine(JsonSerializer.Serialize(
                new
                {
                    Processor = Report.Processor(),
                    Framework = RuntimeInformation.FrameworkDescription,
                    Images,
                    Rounds,
                    Models = models.Select(model => new
                    {
                        model.Name,
                        model.File,
                        model.Version,
                        model.Base,
                        Bytes = new FileInfo(model.File).Length,
                        model.Extractor.Space.Dimensions,
                        Input = model.Extractor.InputSize.ToString(),
                        ProcessorMilliseconds = new { Median = Report.Median(model.Processor), Lowest = model.Processor.Min(), Highest = model.Processor.Max() },
                        Milliseconds = new { Median = Report.Median(model.Clock), Lowest = model.Clock.Min(), Highest = model.Clock.Max() },
                    }),
                },
                Json));
            return 0;
        }
        finally
        {
            models.ForEach(model => model.Extractor.Dispose());
        }
    }

    private static void Load(string file, List<MeasuredModel> models)
    {
        string full = Path.GetFullPath(file);
        if (models.Any(model => model.File == full))
        {
            return;
        }

        var extractor = new OnnxFeatureExtractor(new OnnxFeatureExtractorOptions { ModelPath = full, IntraOpThreads = 1 });
        string? began = null;
        if (extractor.TrainedModel?.Base is string origin)
        {
            // The hash beside the name is that of the network as it was cut and folded, not of the file.
            string baseFile = Path.Combine(Report.Shared, "models", origin.Split(' ')[0]);
            Load(baseFile, models);
            began = models.Single(model => model.File == Path.GetFullPath(baseFile)).Name;
        }

        string? version = extractor.TrainedModel?.Version;
        string name = version is null ? Path.GetFileNameWithoutExtension(file) : WithoutNumber(version);
        if (models.Any(model => model.Name == name))
        {
            name = $"{version ?? name} ({Path.GetFileName(file)})";
        }

        models.Add(new MeasuredModel(name, full, version, began, extractor));
    }

    /// <summary><c>genre-mobilenetv2</c> of <c>genre-mobilenetv2 1</c>.</summary>
    private static string WithoutNumber(string version) =>
        version.LastIndexOf(' ') is > 0 and int space && int.TryParse(version.AsSpan(space + 1), NumberStyles.None, CultureInfo.InvariantCulture, out _) ? version[..space] : version;

    /// <summary>All models by turns, so that what else the machine does meets them alike; the first round warms up.</summary>
    private static void Measure(List<MeasuredModel> models)
    {
        var decoder = new NetVipsImageDecoder();
        string[] files = [.. Directory.EnumerateFiles(Path.Combine(Report.Shared, "paintings", "images")).Order(StringComparer.Ordinal)];
        RgbImage[] images = [.. Enumerable.Range(0, Images).Select(i => decoder.Decode(ImageSource.FromFile(files[(long)i * files.Length / Images]), models[0].Extractor.InputSize))];
        try
        {
            for (int round = -1; round < Rounds; round++)
            {
                foreach (MeasuredModel model in models)
                {
                    float[] signature = new float[model.Extractor.Space.Dimensions];
                    TimeSpan began = Environment.CpuUsage.TotalTime;
                    double clock = Report.Milliseconds(() =>
                    {
                        for (int i = 0; i < images.Length; i++)
                        {
                            model.Extractor.Extract(images.AsSpan(i, 1), signature);
                        }
                    });
                    double processor = (Environment.CpuUsage.TotalTime - began).TotalMilliseconds;
                    if (round >= 0)
                    {
                        model.Clock.Add(clock / Images);
                        model.Processor.Add(processor / Images);
                    }
                }
            }
        }
        finally
        {
            Array.ForEach(images, image => image.Dispose());
        }
    }

    private sealed record MeasuredModel(string Name, string File, string? Version, string? Base, OnnxFeatureExtractor Extractor)
    {
        public List<double> Processor { get; } = [];

        public List<double> Clock { get; } = [];
    }
}
