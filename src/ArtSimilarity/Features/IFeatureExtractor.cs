using ArtSimilarity.Imaging;

namespace ArtSimilarity.Features;

/// <summary>Turns a batch of images into a batch of signatures: by computing, or by asking another process or machine.</summary>
/// <remarks>
/// <para>Implementations are safe to call from several threads at once.</para>
/// <para>
/// An extractor that computes does so on the thread that calls it, and the task is complete when the call returns. It neither queues work to
/// the thread pool nor waits for its turn: the caller chooses the thread and how many batches are worked on at once. An extractor that waits
/// for another process or machine keeps no thread meanwhile. Exceptions may come from the call itself or from the task.
/// </para>
/// </remarks>
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
    /// <param name="images">The images. None of them is changed, or used after the task has ended.</param>
    /// <param name="signatures">
    /// Receives one signature after the other, row-major: exactly <c>images.Length × Space.Dimensions</c> finite numbers.
    /// </param>
    /// <param name="cancellationToken">Cancels between images, or sooner where the extractor can stop in the middle of one.</param>
    /// <returns>A task that ends when all signatures are there.</returns>
    /// <exception cref="ArgumentException"><paramref name="signatures"/> has another length.</exception>
    /// <exception cref="FeatureExtractionException">
    /// Some images have no signature, e.g. because the model gives numbers for them that are not finite. The exception names
    /// them; the signatures of the others are complete.
    /// </exception>
    /// <exception cref="OperationCanceledException">The work was cancelled.</exception>
    ValueTask ExtractAsync(ReadOnlyMemory<RgbImage> images, Memory<float> signatures, CancellationToken cancellationToken = default);
}
