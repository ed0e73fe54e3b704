using ArtSimilarity.Imaging;
using ArtSimilarity.Testing;

namespace ArtSimilarity.ImageSharp.Tests;

public sealed class ImageSharpImageDecoderTests : ImageDecoderConformance
{
    protected override IImageDecoder CreateDecoder() => new ImageSharpImageDecoder();
}
