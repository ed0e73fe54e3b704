using ArtSimilarity.Features;
using ArtSimilarity.Imaging;

namespace ArtSimilarity.Galleries;

/// <summary>What a search in a gallery may return, and how it is carried out.</summary>
public sealed record GallerySearchOptions
{
    /// <summary>Which works may be returned.</summary>
    /// <value>The default is <see langword="null"/>: all.</value>
    public PaintingFilter? Filter { get; init; }

    /// <summary>The part of the query's image to search by: a detail of the picture.</summary>
    /// <value>The default is <see langword="null"/>: the whole image.</value>
    public ImageRegion? Region { get; init; }

    /// <summary>The feature space to search in.</summary>
    /// <value>The default is <see langword="null"/>: that of the gallery's first extractor.</value>
    public FeatureSpace? Space { get; init; }

    /// <summary>Whether to compare with every signature instead of asking the approximate index.</summary>
    /// <value>The default is <see langword="false"/>.</value>
    public bool Exact { get; init; }

    /// <summary>Whether a search by key may return the work itself.</summary>
    /// <value>The default is <see langword="false"/>.</value>
    public bool IncludeQuery { get; init; }
}
