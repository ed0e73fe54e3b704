using ArtSimilarity.Features;
using ArtSimilarity.Imaging;
using ArtSimilarity.Indexing;

namespace ArtSimilarity.Galleries;

/// <summary>What a search in a gallery may return, and how it is carried out.</summary>
public sealed class GallerySearchOptions
{
    private readonly double? _quality;
    private readonly IReadOnlyList<SpaceWeight>? _spaces;

    /// <summary>Which works may be returned.</summary>
    /// <value>The default is <see langword="null"/>: all.</value>
    public PaintingFilter? Filter { get; init; }

    /// <summary>The part of the query's image to search by: a detail of the picture.</summary>
    /// <value>The default is <see langword="null"/>: the whole image.</value>
    public ImageRegion? Region { get; init; }

    /// <summary>
    /// The feature spaces to search, and how much each counts; <c>Spaces = [space]</c> searches one. The distance of a work from the
    /// query in several spaces is that of their signatures laid end to end, each as long as the root of its weight. Let dᵢ be the
    /// distance in each space, and wᵢ the weights scaled to sum to 1. The angular and the Euclidean metric combine them to √Σ wᵢ·dᵢ²,
    /// the cosine and the inner product to Σ wᵢ·dᵢ. A metric of your own says it by <see cref="Metrics.ISimilarityMetric.SpaceTerm"/>.
    /// Only works that have a signature in every one of these spaces are found.
    /// </summary>
    /// <value>
    /// The default is <see langword="null"/>: the space of the gallery's first extractor, or the gallery's only one where it has no
    /// extractor. A space whose weight is 0 takes no part, as if it had not been given: works without a signature in it are found, and
    /// no extractor for it is needed.
    /// </value>
    /// <exception cref="ArgumentException">There is no space, one is given twice or is <see langword="null"/>, or all weights are 0.</exception>
    public IReadOnlyList<SpaceWeight>? Spaces
    {
        get => _spaces;
        init => _spaces = value is null ? null : Checked(value);
    }

    /// <summary>
    /// The quality to demand of the answer, above 0 and at most 1: the paper's quality Q of the k neighbours found, as
    /// <see cref="VectorSearchOptions.Quality"/> defines it. A higher one takes longer. Where several spaces are searched it is demanded
    /// of each one's index.
    /// </summary>
    /// <value>
    /// The default is <see langword="null"/>: the approximate index goes by settings of its own. 1 compares the query with every
    /// signature and asks no approximate index; the gallery holds all signatures of the space in memory from then on. Where an exact
    /// scan answers it satisfies any quality.
    /// </value>
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

    /// <summary>Whether every signature is to be compared.</summary>
    internal bool IsExact => Quality == 1;

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
