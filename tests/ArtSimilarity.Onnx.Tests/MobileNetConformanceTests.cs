using ArtSimilarity.Features;
using ArtSimilarity.TestSupport;
using ArtSimilarity.Testing;

namespace ArtSimilarity.Onnx.Tests;

public class MobileNetConformanceTests : FeatureExtractorConformance
{
    protected override IFeatureExtractor Create() => new OnnxFeatureExtractor(new OnnxFeatureExtractorOptions
    {
        ModelPath = SharedData.Require("models/mobilenetv2-gluon-features.onnx"),
        MaxBatchSize = 16,
    });
}
