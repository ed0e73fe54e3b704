namespace ArtSimilarity.Imaging;

/// <summary>Turns encoded images into upright sRGB pixels.</summary>
/// <remarks>Implementations are safe to call from several threads at once.</remarks>
public interface IImageDecoder
{
    /// <summary>Decodes an image, no larger than is asked for.</summary>
    /// <param name="source">The encoded image; its format is told by its content, never by its name.</param>
    /// <param name="minimumSize">
    /// The decoded image (the region, where one is given) keeps its aspect ratio and is at least this wide and this high,
    /// unless the source itself is smaller: it is never enlarged. <see langword="null"/> decodes at full size.
    /// </param>
    /// <param name="region">The part of the upright image to return; <see langword="null"/> returns all of it.</param>
    /// <param name="cancellationToken">Cancels the decoding.</param>
    /// <returns>The image: upright (EXIF orientation applied), sRGB, transparency flattened on white; the caller disposes it.</returns>
    /// <exception cref="ImageDecodeException">The image cannot be read or decoded, or exceeds a limit.</exception>
    RgbImage Decode(ImageSource source, ImageSize? minimumSize = null, ImageRegion? region = null, CancellationToken cancellationToken = default);
}
