using ArtSimilarity.Imaging;

namespace ArtSimilarity.Features;

/// <summary>
/// An extractor whose signature is an average over positions of a feature map, followed by layers that are linear at each input. It gives
/// the map, signatures of many regions from one run, and the part that every position has in a signature.
/// </summary>
/// <remarks>
/// <para>Implementations are safe to call from several threads at once, and compute on the calling thread.</para>
/// <para>
/// A model that is no such extractor fails on the first call with a <see cref="FeatureMapNotSupportedException"/>, which says why.
/// </para>
/// </remarks>
public interface IFeatureMapExtractor : IFeatureExtractor
{
    /// <summary>
    /// The size that <see cref="ExtractRegionsAsync"/> resizes an image to unless told otherwise: twice the model's own width and height. A
    /// region of a quarter of the area then has as many positions as a whole image has otherwise.
    /// </summary>
    ImageSize RegionInputSize { get; }

    /// <summary>Extracts the feature map in front of the pooling.</summary>
    /// <param name="image">The image. It is not changed, or used after the task has ended.</param>
    /// <param name="inputSize">
    /// The size that the image is resized to; <see langword="null"/> for the model's own. Multiples of the model's stride (mostly 32) give an
    /// even grid.
    /// </param>
    /// <param name="cancellationToken">Cancels the work, between two layers where the extractor can.</param>
    /// <returns>The map. Where several maps are pooled into the signature: the one whose average comes first in it.</returns>
    /// <exception cref="FeatureMapNotSupportedException">The model has no such map, or does not run at that size.</exception>
    /// <exception cref="OperationCanceledException">The work was cancelled.</exception>
    ValueTask<FeatureMap> ExtractMapAsync(RgbImage image, ImageSize? inputSize = null, CancellationToken cancellationToken = default);

    /// <summary>
    /// Extracts signatures of regions of one image from one run of the model: the map is averaged over each region, and the layers behind the
    /// pooling turn the average into a signature of <see cref="IFeatureExtractor.Space"/>.
    /// </summary>
    /// <remarks>
    /// The whole image at the model's own size has the signature of <see cref="IFeatureExtractor.ExtractAsync"/>. That of a smaller region is
    /// near that of the region cut out, not equal: its positions also see what lies around it. Regional pooling as in R-MAC (Tolias et al.,
    /// 2016), with averages for maxima.
    /// </remarks>
    /// <param name="image">The image. It is not changed, or used after the task has ended.</param>
    /// <param name="regions">The regions, at least one.</param>
    /// <param name="inputSize">The size that the image is resized to; <see langword="null"/> for <see cref="RegionInputSize"/>.</param>
    /// <param name="signatures">Receives one signature after the other, each of norm 1: <c>regions.Length × Space.Dimensions</c> numbers.</param>
    /// <param name="cancellationToken">Cancels the work, between two layers where the extractor can.</param>
    /// <returns>A task that ends when all signatures are there.</returns>
    /// <exception cref="ArgumentException"><paramref name="signatures"/> has another length.</exception>
    /// <exception cref="FeatureMapNotSupportedException">The model has no such map, or does not run at that size.</exception>
    /// <exception cref="FeatureExtractionException">Some regions have no signature; its indexes are those of regions.</exception>
    /// <exception cref="OperationCanceledException">The work was cancelled.</exception>
    ValueTask ExtractRegionsAsync(
        RgbImage image, ReadOnlyMemory<ImageRegion> regions, ImageSize? inputSize, Memory<float> signatures, CancellationToken cancellationToken = default);

    /// <summary>Writes the signature of an image or a region as a sum over the positions of the feature map.</summary>
    /// <remarks>To explain the signature of a region that was cut out of the image, decompose the cut.</remarks>
    /// <param name="image">The image. It is not changed, or used after the task has ended.</param>
    /// <param name="region">
    /// The region whose signature, as <see cref="ExtractRegionsAsync"/> gives it, is decomposed; <see langword="null"/> for the whole image.
    /// Positions outside have no part in it.
    /// </param>
    /// <param name="inputSize">
    /// The size that the image is resized to; <see langword="null"/> for the model's own, and for <see cref="RegionInputSize"/> where there is
    /// a region.
    /// </param>
    /// <param name="cancellationToken">Cancels the work, between two layers where the extractor can.</param>
    /// <returns>The parts of the signature.</returns>
    /// <exception cref="FeatureMapNotSupportedException">The model cannot be decomposed, or does not run at that size.</exception>
    /// <exception cref="FeatureExtractionException">The image has no signature.</exception>
    /// <exception cref="OperationCanceledException">The work was cancelled.</exception>
    ValueTask<SignatureDecomposition> DecomposeAsync(
        RgbImage image, ImageRegion? region = null, ImageSize? inputSize = null, CancellationToken cancellationToken = default);
}
