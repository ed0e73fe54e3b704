using ArtSimilarity.Imaging;
using Xunit;

namespace ArtSimilarity.TestSupport;

/// <summary>Decoding in tests.</summary>
public static class ImageDecoding
{
    /// <summary>Decodes until the test is cancelled, or a token.</summary>
    public static Task<RgbImage> OpenAsync(
        this IImageDecoder decoder, ImageSource source, ImageSize? minimumSize = null, ImageRegion? region = null, CancellationToken? cancellationToken = null) =>
        decoder.DecodeAsync(source, minimumSize, region, cancellationToken ?? TestContext.Current.CancellationToken).AsTask();
}
