using ArtSimilarity.Imaging;

namespace ArtSimilarity.Sqlite.Tests;

/// <summary>For galleries that are searched by key.</summary>
internal sealed class NoDecoder : IImageDecoder
{
    public RgbImage Decode(ImageSource source, ImageSize? minimumSize = null, ImageRegion? region = null, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException("These tests have no images.");
}
