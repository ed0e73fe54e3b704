using ArtSimilarity.Indexing;

namespace ArtSimilarity.Galleries;

/// <summary>How a feature space differs from a former state of it.</summary>
/// <param name="Version">The state that the changes lead to.</param>
/// <param name="Removed">Ids that are gone since; some of them may be of signatures that were also added since.</param>
/// <param name="Added">The signatures added since that are still there, in ascending order of their ids.</param>
public sealed record SignatureChanges(SpaceVersion Version, IReadOnlyList<int> Removed, VectorSet Added);
