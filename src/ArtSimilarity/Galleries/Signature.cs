using ArtSimilarity.Features;
using ArtSimilarity.Imaging;

namespace ArtSimilarity.Galleries;

/// <summary>A feature vector and the space it lives in.</summary>
public sealed class Signature
{
    /// <summary>Creates a signature.</summary>
    /// <param name="space">The space the vector lives in.</param>
    /// <param name="vector">Its <c>space.Dimensions</c> finite numbers; kept, not copied.</param>
    /// <exception cref="ArgumentException">The vector has another length or a number that is not finite.</exception>
    public Signature(FeatureSpace space, ReadOnlyMemory<float> vector)
    {
        ArgumentNullException.ThrowIfNull(space);
        Indexing.VectorSet.ThrowIfUnusable(vector.Span, space.Dimensions, nameof(vector));
        Space = space;
        Vector = vector;
    }

    /// <summary>The space the vector lives in.</summary>
    public FeatureSpace Space { get; }

    /// <summary>The part of the image that it is of; <see langword="null"/> for the whole image.</summary>
    public ImageRegion? Region { get; init; }

    /// <summary>The numbers.</summary>
    public ReadOnlyMemory<float> Vector { get; }

    /// <summary>What an extractor has written for one image of a batch.</summary>
    /// <exception cref="FeatureExtractionException">There is a number that is not finite, or too large to be compared.</exception>
    internal static Signature OfImage(FeatureSpace space, ReadOnlyMemory<float> vector, int imageIndex, int batchSize, ImageRegion? region = null)
    {
        try
        {
            return new Signature(space, vector) { Region = region };
        }
        catch (ArgumentException e)
        {
            throw new FeatureExtractionException($"the extractor gives numbers that cannot be compared for this picture ({space})", [imageIndex], batchSize, e);
        }
    }
}
