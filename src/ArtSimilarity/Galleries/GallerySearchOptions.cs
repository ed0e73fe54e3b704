using ArtSimilarity.Features;
using ArtSimilarity.Imaging;
using ArtSimilarity.Indexing;

namespace ArtSimilarity.Galleries;

/// <summary>What a search in a gallery may return, and how it is carried out.</summary>
public sealed record GallerySearchOptions
{
    private readonly double? _quality;
    private readonly IReadOnlyList<SpaceWeight>? _spaces;

    /// <summary>Which works may be returned.</summary>
    /// <value>The default is <see langword="null"/>: all.</value>
    public PaintingFilter? Filter { get; init; }

    /// <summary>The part of the query's image to search by: a detail of the picture.</summary>
    /// <value>The default is <see langword="null"/>: the whole image.</value>
    public ImageRegion? Region { get; init; }

    /// <summary>The feature space to search in.</summary>
    /// <value>The default is <see langword="null"/>: that of the gallery's first extractor, unless <see cref="Spaces"/> says otherwise.</value>
    public FeatureSpace? Space { get; init; }

    /// <summary>
    /// The feature spaces to search at once, and how much each counts: the distance of a work from the query is then that of their
    /// signatures laid end to end, each as long as the root of its weight. For the angular metric this is √Σ wᵢ·dᵢ², for the
    /// Euclidean one too, for the cosine and the inner product Σ wᵢ·dᵢ, of the distances dᵢ in each space and weights wᵢ scaled to
    /// sum to 1; a metric of your own says it by <see cref="Metrics.ISimilarityMetric.SpaceTerm"/>. Only works that have a signature in every one of these spaces are found.
    /// </summary>
    /// <value>
    /// The default is <see langword="null"/>: one space, <see cref="Space"/>. A space whose weight is 0 takes no part, as if it had
    /// not been given: works without a signature in it are found, and no extractor for it is needed.
    /// </value>
    /// <exception cref="ArgumentException">There is no space, one is given twice or is <see langword="null"/>, or all weights are 0.</exception>
    public IReadOnlyList<SpaceWeight>? Spaces
    {
        get => _spaces;
        init => _spaces = value is null ? null : Checked(value);
    }

    /// <summary>Whether to compare with every signature instead of asking the approximate index.</summary>
    /// <value>The default is <see langword="false"/>.</value>
    public bool Exact { get; init; }

    /// <summary>
    /// The quality to demand of the approximate index, above 0 and at most 1, instead of settings of its own: the paper's quality
    /// Q of the k neighbours found, as <see cref="VectorSearchOptions.Quality"/> defines it. A higher one takes longer; 1 asks for an exact answer.
    /// Where several spaces are searched it is demanded of each one's index.
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

    /// <summary>A copy that later changes do not reach, once it is sure that it can be searched by.</summary>
    private static SpaceWeight[] Checked(IReadOnlyList<SpaceWeight> value)
    {
        SpaceWeight[] copy = [.. value];
        if (copy.Contains(null))
        {
            throw new ArgumentException("A space to search is null.", nameof(value));
        }

        EntryValidation.ThrowIfNotDistinct(Array.ConvertAll(copy, space => space.Space), nameof(value));
        return Array.TrueForAll(copy, space => space.Weight == 0)
            ? throw new ArgumentException($"All weights are 0, of {string.Join("; ", copy.Select(space => space.Space))}: at least one space must count.", nameof(value))
            : copy;
    }
}
