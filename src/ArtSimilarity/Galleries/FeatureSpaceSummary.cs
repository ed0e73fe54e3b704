using ArtSimilarity.Features;

namespace ArtSimilarity.Galleries;

/// <summary>What a gallery holds in one feature space.</summary>
/// <param name="Space">The feature space.</param>
/// <param name="Count">The number of signatures.</param>
/// <param name="Version">Names the state of the space: changes with every commit that adds or removes signatures of it.</param>
public sealed record FeatureSpaceSummary(FeatureSpace Space, int Count, SpaceVersion Version);
