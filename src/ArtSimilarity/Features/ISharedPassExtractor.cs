using ArtSimilarity.Imaging;

namespace ArtSimilarity.Features;

/// <summary>
/// An extractor that can compute the signatures of other extractors in the pass that computes its own, like the two outputs of one network. A gallery
/// with such extractors looks at each picture once. They work alone as well.
/// </summary>
/// <remarks>As safe to call from several threads as any extractor.</remarks>
public interface ISharedPassExtractor : IFeatureExtractor
{
    /// <summary>Whether a pass of this extractor gives the signatures of another one as well.</summary>
    /// <param name="other">The other one.</param>
    /// <returns><see langword="true"/> when it does; always of itself.</returns>
    bool SharesPassWith(IFeatureExtractor other);

    /// <summary>Extracts the signatures of several extractors from one pass over <paramref name="images"/>.</summary>
    /// <param name="images">The images. None of them is changed, or used after the task has ended.</param>
    /// <param name="extractors">The extractors whose signatures are wanted, at least one. Each shares this one's pass, which need not be among them.</param>
    /// <param name="signatures">
    /// Receives the signatures of each of them, as <see cref="IFeatureExtractor.ExtractAsync"/> of that one would give them: exactly
    /// <c>images.Length × Space.Dimensions</c> numbers.
    /// </param>
    /// <param name="cancellationToken">Cancels between images, or sooner where the extractor can stop in the middle of one.</param>
    /// <returns>A task that ends when all signatures are there.</returns>
    /// <exception cref="ArgumentException">An extractor does not share the pass, or <paramref name="signatures"/> has another number of places or one of another length.</exception>
    /// <exception cref="FeatureExtractionException">
    /// Some images lack a signature. The exception names them; the signatures of the others are complete.
    /// </exception>
    /// <exception cref="OperationCanceledException">The work was cancelled.</exception>
    ValueTask ExtractTogetherAsync(
        ReadOnlyMemory<RgbImage> images, IReadOnlyList<IFeatureExtractor> extractors, IReadOnlyList<Memory<float>> signatures, CancellationToken cancellationToken = default);
}
