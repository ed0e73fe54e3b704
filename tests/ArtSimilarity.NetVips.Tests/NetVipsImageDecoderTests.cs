using ArtSimilarity.Conformance;
using ArtSimilarity.Imaging;

namespace ArtSimilarity.NetVips.Tests;

public sealed class NetVipsImageDecoderTests : ImageDecoderConformance
{
    protected override IImageDecoder CreateDecoder() => new NetVipsImageDecoder();
}
