using ArtSimilarity.Features;

namespace ArtSimilarity.Galleries;

/// <summary>What a gallery holds in one feature space.</summary>
/// <param name="Space">The feature space.</param>
/// <param name="Count">The number of signatures.</param>
/// <param name="Generation">Grows with every commit that adds or removes signatures of this space.</param>
public sealed record FeatureSpaceSummary(FeatureSpace Space, int Count, long Generation);
