namespace ArtSimilarity.Galleries;

/// <summary>How the signatures of a feature space differ from a former state of it, and which works they belong to.</summary>
/// <param name="Version">The state that the changes lead to.</param>
/// <param name="Removed">Ids that are gone since; some of them may be of signatures that were also added since.</param>
/// <param name="AddedIds">The ids added since that are still there, ascending.</param>
/// <param name="AddedWorks">
/// The number of the work that each of <paramref name="AddedIds"/> belongs to. A work has the same number in all spaces. The number of a
/// work that was removed may be given to another.
/// </param>
public sealed record WorkChanges(SpaceVersion Version, IReadOnlyList<int> Removed, IReadOnlyList<int> AddedIds, IReadOnlyList<long> AddedWorks);
