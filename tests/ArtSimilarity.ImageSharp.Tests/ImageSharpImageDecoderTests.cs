using ArtSimilarity.Conformance;
using ArtSimilarity.Imaging;

namespace ArtSimilarity.ImageSharp.Tests;

public sealed class ImageSharpImageDecoderTests : ImageDecoderConformance
{
    protected override IImageDecoder CreateDecoder() => new ImageSharpImageDecoder();
}
