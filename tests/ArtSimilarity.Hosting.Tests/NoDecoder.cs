using ArtSimilarity.Imaging;

namespace ArtSimilarity.Hosting.Tests;

/// <summary>Decodes nothing: these galleries are only searched by signature.</summary>
internal sealed class NoDecoder : IImageDecoder
{
    public RgbImage Decode(ImageSource source, ImageSize? minimumSize = null, ImageRegion? region = null, CancellationToken cancellationToken = default) =>
        throw new ImageDecodeException(source.Name, ImageDecodeError.UnsupportedFormat, "nothing is decoded here");
}
