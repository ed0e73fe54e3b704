using ArtSimilarity.Features;

namespace ArtSimilarity.Galleries;

/// <summary>What a store knows of one work.</summary>
/// <param name="Painting">The work.</param>
/// <param name="ContentHash">Identifies the bytes of the image its signatures were made from.</param>
/// <param name="Spaces">The feature spaces it has a signature in.</param>
public sealed record StoredWork(Painting Painting, string ContentHash, IReadOnlyList<FeatureSpace> Spaces);
