using ArtSimilarity.Conformance;
using ArtSimilarity.Features;

namespace ArtSimilarity.Onnx.Tests;

public class MobileNetConformanceTests : FeatureExtractorConformance
{
    protected override IFeatureExtractor Create() => new OnnxFeatureExtractor(new OnnxFeatureExtractorOptions
    {
        ModelPath = SharedData.Require("models/mobilenetv2-gluon-features.onnx"),
        MaxBatchSize = 16,
    });
}
