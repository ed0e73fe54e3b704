namespace ArtSimilarity.Imaging;

/// <summary>Opens the image of a catalogued work by its URI (<see cref="Painting.ImageUri"/>).</summary>
/// <remarks>
/// Implementations are safe to call from several threads at once. An opener decides which places may be read at all: what it does not know or
/// does not allow, it refuses.
/// </remarks>
public interface IImageOpener
{
    /// <summary>Opens an image.</summary>
    /// <param name="imageUri">The URI, or a file's path.</param>
    /// <param name="minimumSize">
    /// The whole image is needed at least this wide and this high. An opener that can have it made smaller asks for no more than this; others
    /// give the image as it is. <see langword="null"/> asks for the full size.
    /// </param>
    /// <param name="cancellationToken">Cancels the opening.</param>
    /// <returns>The encoded image; its name is the URI, or the path of a file.</returns>
    /// <exception cref="ArgumentException"><paramref name="imageUri"/> is empty.</exception>
    /// <exception cref="ImageDecodeException">
    /// The URI is not allowed (<see cref="ImageDecodeError.Refused"/>), nothing can be read there (<see cref="ImageDecodeError.Unreadable"/>), or it
    /// is too much (<see cref="ImageDecodeError.LimitExceeded"/>). <see cref="ImageDecodeException.ImageName"/> is the URI. A file that is missing
    /// may show only when the source is read.
    /// </exception>
    /// <exception cref="OperationCanceledException">The opening was cancelled.</exception>
    ValueTask<ImageSource> OpenAsync(string imageUri, ImageSize? minimumSize = null, CancellationToken cancellationToken = default);
}
