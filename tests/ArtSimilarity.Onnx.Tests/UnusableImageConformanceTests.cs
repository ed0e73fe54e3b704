using ArtSimilarity.Features;
using ArtSimilarity.Imaging;
using ArtSimilarity.Testing;

namespace ArtSimilarity.Onnx.Tests;

public class UnusableImageConformanceTests : UnusableImageConformance
{
    private static readonly ImagePreprocessing Raw = new()
    {
        InputSize = new ImageSize(4, 4),
        Scale = 1,
        Mean = new ChannelValues(0, 0, 0),
        Std = new ChannelValues(1, 1, 1),
    };

    protected override IFeatureExtractor Create() => new OnnxFeatureExtractor(new OnnxFeatureExtractorOptions
    {
        ModelBytes = TinyModel.InfiniteAt77(),
        MaxBatchSize = 5,
        Preprocessing = Raw,
    });

    protected override RgbImage CreateUnusable()
    {
        var image = new RgbImage(50, 50);
        image.Pixels.Fill(77);
        return image;
    }
}
