namespace ArtSimilarity.Metrics;

/// <summary>The metrics that come with the library, one instance each.</summary>
/// <remarks>
/// <see cref="ISimilarityMetric"/> says how to write one. A new metric of the library is a file beside it and a line in
/// <see cref="All"/>; one of your own is a class of yours, set as <c>GalleryOptions.Metric</c>.
/// </remarks>
public static class SimilarityMetrics
{
    /// <summary>√(2·(1 − cos)): the Euclidean distance of the two vectors scaled to length 1. The default.</summary>
    public static AngularMetric Angular { get; } = new();

    /// <summary>1 − cos.</summary>
    public static CosineMetric Cosine { get; } = new();

    /// <summary>The Euclidean distance √Σ(x − y)².</summary>
    public static EuclideanMetric Euclidean { get; } = new();

    /// <summary>The negative inner product −Σx·y, so that smaller is nearer as with every metric.</summary>
    public static InnerProductMetric InnerProduct { get; } = new();

    /// <summary>The metrics, in the order above.</summary>
    public static IReadOnlyList<ISimilarityMetric> All { get; } = [Angular, Cosine, Euclidean, InnerProduct];

    /// <summary>Finds a metric by its <see cref="ISimilarityMetric.Name"/>.</summary>
    /// <param name="name">The name.</param>
    /// <returns>The metric.</returns>
    /// <exception cref="ArgumentException">No metric has this name.</exception>
    public static ISimilarityMetric Get(string name) =>
        All.FirstOrDefault(metric => metric.Name == name)
        ?? throw new ArgumentException($"'{name}' is not a metric; known are {string.Join(", ", All.Select(metric => metric.Name))}.", nameof(name));
}
