namespace ArtSimilarity.Imaging;

/// <summary>Turns encoded images into upright sRGB pixels: by computing, or by asking another process or machine.</summary>
/// <remarks>
/// <para>Implementations are safe to call from several threads at once.</para>
/// <para>
/// A decoder bounds what it decodes, and finds out from the header, before any pixel is decoded: an image of 50,000 × 50,000 pixels exceeds the
/// default limits of every decoder.
/// </para>
/// <para>
/// A decoder that computes does so on the thread that calls it. It uses one thread for an image, and neither queues work to the thread pool nor
/// waits for its turn: the caller chooses the thread and how many images are decoded at once. When the source has its bytes in memory
/// (<see cref="ImageSource.FromBytes"/>), the task is complete when the call returns. Otherwise the rest is computed where the reading ended. A
/// decoder that waits for something else keeps no thread meanwhile.
/// </para>
/// </remarks>
public interface IImageDecoder
{
    /// <summary>Decodes an image, no larger than is asked for.</summary>
    /// <param name="source">The encoded image; its format is told by its content, never by its name.</param>
    /// <param name="minimumSize">
    /// The decoded image (the region, where one is given) keeps its aspect ratio and is at least this wide and this high,
    /// unless the source itself is smaller: it is never enlarged. <see langword="null"/> decodes at full size.
    /// </param>
    /// <param name="region">The part of the upright image to return; <see langword="null"/> returns all of it.</param>
    /// <param name="cancellationToken">Cancels the reading and the decoding.</param>
    /// <returns>The image: upright (EXIF orientation applied), sRGB, transparency flattened on white; the caller disposes it.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A side of <paramref name="minimumSize"/> is below 1.</exception>
    /// <exception cref="ImageDecodeException">The image cannot be read or decoded, or exceeds a limit.</exception>
    /// <exception cref="OperationCanceledException">The work was cancelled.</exception>
    ValueTask<RgbImage> DecodeAsync(
        ImageSource source, ImageSize? minimumSize = null, ImageRegion? region = null, CancellationToken cancellationToken = default);
}
