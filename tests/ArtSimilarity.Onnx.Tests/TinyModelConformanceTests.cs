using ArtSimilarity.Features;
using ArtSimilarity.Imaging;
using ArtSimilarity.Testing;

namespace ArtSimilarity.Onnx.Tests;

public class TinyModelConformanceTests : FeatureExtractorConformance
{
    protected override IFeatureExtractor Create() => new OnnxFeatureExtractor(new OnnxFeatureExtractorOptions
    {
        ModelBytes = TinyModel.ChannelMeans(),
        MaxBatchSize = 5,
        Preprocessing = ImagePreprocessing.ImageNet with { InputSize = new ImageSize(4, 4) },
    });
}
