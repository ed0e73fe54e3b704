using ArtSimilarity.Benchmarks.Comparisons;
using ArtSimilarity.Features;
using ArtSimilarity.Imaging;
using ArtSimilarity.NetVips;
using ArtSimilarity.Onnx;
using BenchmarkDotNet.Attributes;

namespace ArtSimilarity.Benchmarks.Micro;

/// <summary>One painting from file to pixels, and from pixels to signature.</summary>
[MemoryDiagnoser]
public class ImageBenchmarks
{
    private readonly NetVipsImageDecoder _decoder = new();
    private readonly ClassicalFeatureExtractor _classical = new();
    private OnnxFeatureExtractor? _mobileNet;
    private ImageSource? _small, _jpeg;
    private RgbImage? _image;
    private byte[] _input = [];
    private float[] _signature = [];

    [GlobalSetup]
    public void Setup()
    {
        string[] files = [.. Directory.EnumerateFiles(Path.Combine(Report.Shared, "paintings", "images")).Order(StringComparer.Ordinal)];
        _small = ImageSource.FromFile(files.First(file => file.EndsWith(".webp", StringComparison.Ordinal)));
        _jpeg = ImageSource.FromFile(files.First(file => file.EndsWith(".jpg", StringComparison.Ordinal)));
        _image = _decoder.Decode(_jpeg);
        _mobileNet = new OnnxFeatureExtractor(new OnnxFeatureExtractorOptions { ModelPath = Path.Combine(Report.Shared, "models", "mobilenetv2-gluon-features.onnx") });
        _signature = new float[_mobileNet.Space.Dimensions];
        _input = new byte[3 * 224 * 224];
    }

    [Benchmark]
    public void DecodeWebP224() => _decoder.Decode(_small!, new ImageSize(224, 224)).Dispose();

    [Benchmark]
    public void DecodeJpeg320() => _decoder.Decode(_jpeg!, new ImageSize(224, 224)).Dispose();

    [Benchmark]
    public void ResizeTo224() => ImageResampler.Resize(_image!, null, new ImageSize(224, 224), _input);

    [Benchmark]
    public void ExtractClassical() => _classical.Extract([_image!], _signature.AsSpan(0, _classical.Space.Dimensions));

    [Benchmark]
    public void ExtractMobileNetV2() => _mobileNet!.Extract([_image!], _signature);

    [GlobalCleanup]
    public void Cleanup()
    {
        _image?.Dispose();
        _mobileNet?.Dispose();
    }
}
