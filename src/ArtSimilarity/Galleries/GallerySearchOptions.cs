using ArtSimilarity.Features;
using ArtSimilarity.Imaging;
using ArtSimilarity.Indexing;

namespace ArtSimilarity.Galleries;

/// <summary>What a search in a gallery may return, and how it is carried out.</summary>
public sealed class GallerySearchOptions
{
    private readonly double? _quality, _maxPercentile;
    private readonly double _diversity;
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
    /// The layout of regions to search in instead of the whole images, so that the query may be a detail of a work. A work is then as far away as the
    /// nearest of its regions, and comes once (<see cref="SimilarPainting.Region"/>). With a query in parts each region is compared as if it were a
    /// work. Works have regions when they were added with <see cref="AddOptions.Regions"/>.
    /// </summary>
    /// <value>
    /// The default is <see langword="null"/>: whole images. Regions are searched in one feature space, and only <see cref="LeaveOut"/> of what reorders or
    /// explains results goes with them.
    /// </value>
    public RegionLayout? Regions { get; init; }

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

    /// <summary>
    /// Works that are left out although the filter lets them pass, such as those of the same artist. As many others take their places as there are.
    /// </summary>
    /// <value>The default is <see langword="null"/>: none.</value>
    public ResultExclusions? LeaveOut { get; init; }

    /// <summary>
    /// How much the results are to differ from one another, 0 to 1. They are chosen by maximal marginal relevance (Carbonell and Goldstein 1998):
    /// the next is always the work with the greatest (1 − diversity)·s(query) − diversity·s(nearest result chosen before), of similarities s. It is
    /// chosen among the 5·k nearest works, and among 50 at least. The results come in the order of choice.
    /// </summary>
    /// <value>The default is 0: the nearest, in their order.</value>
    /// <exception cref="ArgumentOutOfRangeException">The value is not from 0 to 1.</exception>
    public double Diversity
    {
        get => _diversity;
        init => _diversity = value is >= 0 and <= 1
            ? value
            : throw new ArgumentOutOfRangeException(nameof(value), value, "The diversity must be from 0 to 1.");
    }

    /// <summary>
    /// Whether results come in the order of their hub-corrected score (<see cref="ResultStatistics.HubCorrectedScore"/>) instead of their distance. They
    /// are chosen among the 5·k nearest works, and among 50 at least. Each of these costs one search. With <see cref="Diversity"/>, half the score takes
    /// the place of s(query).
    /// </summary>
    /// <value>The default is <see langword="false"/>.</value>
    public bool HubCorrected { get; init; }

    /// <summary>Whether each result says what its distance means in this gallery (<see cref="SimilarPainting.Statistics"/>). It costs one search for each result.</summary>
    /// <value>The default is <see langword="false"/>.</value>
    public bool IncludeStatistics { get; init; }

    /// <summary>
    /// The greatest <see cref="ResultStatistics.Percentile"/> of a result, 0 to 100: with 0.1, only works that are nearer than all but one of 1,000
    /// pairs of the gallery's works. Fewer works than k then come back, or none.
    /// </summary>
    /// <value>The default is <see langword="null"/>: no limit.</value>
    /// <exception cref="ArgumentOutOfRangeException">The value is not from 0 to 100.</exception>
    public double? MaxPercentile
    {
        get => _maxPercentile;
        init => _maxPercentile = value is null or (>= 0 and <= 100)
            ? value
            : throw new ArgumentOutOfRangeException(nameof(value), value, "The percentile must be from 0 to 100.");
    }

    /// <summary>Whether more is to be done than to find the nearest works.</summary>
    internal bool IsRefined => LeaveOut is not null || IsReordered || IncludeStatistics || MaxPercentile is not null;

    /// <summary>Whether the results come in another order than that of their distances.</summary>
    internal bool IsReordered => Diversity > 0 || HubCorrected;

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
