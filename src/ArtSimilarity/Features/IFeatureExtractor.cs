using ArtSimilarity.Imaging;

namespace ArtSimilarity.Features;

/// <summary>Turns a batch of images into a batch of signatures.</summary>
/// <remarks>Implementations are safe to call from several threads at once.</remarks>
public interface IFeatureExtractor
{
    /// <summary>The space every signature of this extractor lives in.</summary>
    FeatureSpace Space { get; }

    /// <summary>
    /// The size below which an image loses detail that this extractor could use. Decoders are asked for at least this much;
    /// the extractor itself accepts images of any size and resizes them.
    /// </summary>
    ImageSize InputSize { get; }

    /// <summary>Extracts the signatures of <paramref name="images"/>.</summary>
    /// <param name="images">The images; none of them is changed or kept.</param>
    /// <param name="signatures">
    /// Receives one signature after the other, row-major: exactly <c>images.Length × Space.Dimensions</c> finite numbers.
    /// </param>
    /// <param name="cancellationToken">Cancels between images, or sooner where the extractor can stop in the middle of one.</param>
    /// <exception cref="ArgumentException"><paramref name="signatures"/> has another length.</exception>
    /// <exception cref="FeatureExtractionException">
    /// Some images have no signature, e.g. because the model gives numbers for them that are not finite. The exception names
    /// them; the signatures of the others are complete.
    /// </exception>
    /// <exception cref="OperationCanceledException">The work was cancelled.</exception>
    void Extract(ReadOnlySpan<RgbImage> images, Span<float> signatures, CancellationToken cancellationToken = default);
}
