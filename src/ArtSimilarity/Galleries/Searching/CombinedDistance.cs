using System.Globalization;
using ArtSimilarity.Metrics;

namespace ArtSimilarity.Galleries.Searching;

/// <summary>
/// The distance over several feature spaces: what the metric makes of the weighted sum of its terms. For the angular metric,
/// signatures scaled to length 1, it is √Σ wᵢ·dᵢ² with weights that sum to 1.
/// </summary>
/// <remarks>
/// Terms are summed in double precision over the distances that a search in one space gives. All steps are monotone, rounding
/// included: no distance grows and makes the whole smaller.
/// </remarks>
internal static class CombinedDistance
{
    /// <summary>What a space adds to the sum; NaN where its distance is missing.</summary>
    /// <exception cref="SimilarityMetricException">The metric gave no term that can be summed.</exception>
    public static double Term(ISimilarityMetric metric, double weight, float distance)
    {
        if (float.IsNaN(distance))
        {
            return double.NaN;
        }

        double term = metric.SpaceTerm(distance);
        return term > double.NegativeInfinity ? weight * term : throw Broken(metric, nameof(ISimilarityMetric.SpaceTerm), term, distance);
    }

    /// <summary>The distance that a sum of terms stands for; NaN where one of them is missing.</summary>
    /// <exception cref="SimilarityMetricException">The metric gave no distance that can be ordered.</exception>
    public static float FromSum(ISimilarityMetric metric, double sum)
    {
        if (double.IsNaN(sum))
        {
            return float.NaN;
        }

        float distance = (float)metric.CombineSpaces(sum);
        return distance > float.NegativeInfinity ? distance : throw Broken(metric, nameof(ISimilarityMetric.CombineSpaces), distance, sum);
    }

    private static SimilarityMetricException Broken(ISimilarityMetric metric, string member, double value, double argument) =>
        new(string.Create(CultureInfo.InvariantCulture, $"The metric '{metric.Name}' gave {value} as {member}({argument}): it must be a number or positive infinity."));
}
