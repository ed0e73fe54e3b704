using ArtSimilarity.Imaging;
using ArtSimilarity.Testing;

namespace ArtSimilarity.NetVips.Tests;

public sealed class NetVipsImageDecoderTests : ImageDecoderConformance
{
    protected override IImageDecoder CreateDecoder() => new NetVipsImageDecoder();
}
