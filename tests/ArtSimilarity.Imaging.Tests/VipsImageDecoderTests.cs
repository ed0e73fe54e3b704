using ArtSimilarity.Conformance;

namespace ArtSimilarity.Imaging.Tests;

public sealed class VipsImageDecoderTests : ImageDecoderConformance
{
    protected override IImageDecoder CreateDecoder() => new VipsImageDecoder();
}
