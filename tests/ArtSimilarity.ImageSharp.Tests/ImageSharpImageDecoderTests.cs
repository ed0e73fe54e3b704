using ArtSimilarity.Conformance;

namespace ArtSimilarity.Imaging.Tests;

public sealed class ImageSharpImageDecoderTests : ImageDecoderConformance
{
    protected override IImageDecoder CreateDecoder() => new ImageSharpImageDecoder();
}
