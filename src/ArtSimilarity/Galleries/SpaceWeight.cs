using ArtSimilarity.Features;

namespace ArtSimilarity.Galleries;

/// <summary>A feature space that a search looks in, and how much it counts beside the others.</summary>
public sealed record SpaceWeight
{
    /// <summary>Creates a weight.</summary>
    /// <param name="space">The feature space.</param>
    /// <param name="weight">How much it counts: finite, 0 or above. Only the weights' ratios matter. The default is 1.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="weight"/> is negative, infinite or no number.</exception>
    public SpaceWeight(FeatureSpace space, double weight = 1)
    {
        ArgumentNullException.ThrowIfNull(space);
        if (!(weight >= 0 && double.IsFinite(weight)))
        {
            throw new ArgumentOutOfRangeException(nameof(weight), weight, $"The weight of {space} must be a finite number, 0 or above.");
        }

        Space = space;
        Weight = weight;
    }

    /// <summary>The feature space.</summary>
    public FeatureSpace Space { get; }

    /// <summary>How much it counts.</summary>
    public double Weight { get; }

    /// <summary>The space alone, with weight 1.</summary>
    /// <param name="space">The feature space.</param>
    public static implicit operator SpaceWeight(FeatureSpace space) => FromFeatureSpace(space);

    /// <summary>The space alone, with weight 1.</summary>
    /// <param name="space">The feature space.</param>
    /// <returns>The space and its weight.</returns>
    public static SpaceWeight FromFeatureSpace(FeatureSpace space) => new(space);

    /// <summary>Those that count, with weights that sum to 1.</summary>
    internal static SpaceWeight[] Normalize(IReadOnlyList<SpaceWeight> weights)
    {
        // The largest first of all becomes 1, so that no sum overflows.
        double largest = weights.Max(weight => weight.Weight);
        double sum = weights.Sum(weight => weight.Weight / largest);
        return [.. weights.Where(weight => weight.Weight > 0).Select(weight => new SpaceWeight(weight.Space, weight.Weight / largest / sum))];
    }
}
