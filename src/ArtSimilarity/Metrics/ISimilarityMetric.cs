namespace ArtSimilarity.Metrics;

/// <summary>Says how far apart two signatures are.</summary>
/// <remarks>Implementations are safe to call from several threads at once.</remarks>
public interface ISimilarityMetric
{
    /// <summary>A short lower-case name, stored in index files: <c>angular</c>, <c>cosine</c>, …</summary>
    string Name { get; }

    /// <summary>The distance between two signatures; smaller means more alike.</summary>
    /// <param name="x">The first signature.</param>
    /// <param name="y">The second signature, of the same length.</param>
    /// <returns>The distance.</returns>
    /// <exception cref="ArgumentException">The lengths differ, or are 0.</exception>
    float Distance(ReadOnlySpan<float> x, ReadOnlySpan<float> y);

    /// <summary>Turns a distance into a similarity, for display: larger means more alike; 1 for two equal signatures where the metric is bounded below by 0.</summary>
    /// <param name="distance">A distance of this metric.</param>
    /// <returns>The similarity.</returns>
    float Similarity(float distance);
}
