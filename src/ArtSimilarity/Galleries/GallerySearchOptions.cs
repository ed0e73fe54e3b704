using ArtSimilarity.Features;
using ArtSimilarity.Imaging;
using ArtSimilarity.Indexing;

namespace ArtSimilarity.Galleries;

/// <summary>What a search in a gallery may return, and how it is carried out.</summary>
public sealed record GallerySearchOptions
{
    private readonly double? _quality;

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

    /// <summary>
    /// The quality to demand of the approximate index, above 0 and at most 1, instead of settings of its own: the paper's quality
    /// Q of the k neighbours found, as <see cref="ITunableVectorIndex"/> defines it. A higher one takes longer; 1 asks for an exact answer.
    /// </summary>
    /// <value>The default is <see langword="null"/>: what the index does by default. Where an exact scan answers it satisfies any.</value>
    /// <exception cref="ArgumentOutOfRangeException">The value is not above 0 and at most 1.</exception>
    public double? Quality
    {
        get => _quality;
        init => _quality = value is null or (> 0 and <= 1)
            ? value
            : throw new ArgumentOutOfRangeException(nameof(value), value, "The quality must be above 0 and at most 1.");
    }

    /// <summary>Whether a search by key may return the work itself.</summary>
    /// <value>The default is <see langword="false"/>.</value>
    public bool IncludeQuery { get; init; }
}
