using ArtSimilarity.Metrics;

namespace ArtSimilarity.Galleries.Searching;

/// <summary>
/// The distance over several feature spaces: that of the signatures laid end to end, each as long as the root of its weight. For
/// the angular metric, signatures scaled to length 1, it is √Σ wᵢ·dᵢ² with weights that sum to 1.
/// </summary>
/// <remarks>
/// Terms are summed in double precision over the distances that a search in one space gives. All steps are monotone, rounding
/// included: no distance grows and makes the whole smaller.
/// </remarks>
internal static class CombinedDistance
{
    /// <exception cref="NotSupportedException">Nothing is known of the metric that would tell how its distances go together.</exception>
    public static void ThrowIfUndefined(ISimilarityMetric metric)
    {
        if (metric is not (AngularMetric or EuclideanMetric or CosineMetric or InnerProductMetric))
        {
            throw new NotSupportedException($"Several feature spaces cannot be searched at once by the metric '{metric.Name}': only the library's own metrics have a combined distance.");
        }
    }

    /// <summary>What a space adds to the sum: squares for the metrics that are lengths, the distance itself for those that are products.</summary>
    public static double Term(ISimilarityMetric metric, double weight, float distance) =>
        metric is AngularMetric or EuclideanMetric ? weight * ((double)distance * distance) : weight * distance;

    /// <summary>The distance that a sum of terms stands for.</summary>
    public static float FromSum(ISimilarityMetric metric, double sum) =>
        (float)(metric is AngularMetric or EuclideanMetric ? Math.Sqrt(sum) : sum);
}
