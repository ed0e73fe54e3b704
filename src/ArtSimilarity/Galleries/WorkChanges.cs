namespace ArtSimilarity.Galleries;

/// <summary>How the signatures of a feature space differ from a former state of it, and which works they belong to.</summary>
public sealed class WorkChanges
{
    /// <summary>Creates a record of changes.</summary>
    /// <param name="version">See <see cref="Version"/>.</param>
    /// <param name="removed">See <see cref="Removed"/>.</param>
    /// <param name="addedIds">See <see cref="AddedIds"/>.</param>
    /// <param name="addedWorks">See <see cref="AddedWorks"/>.</param>
    public WorkChanges(SpaceVersion version, IReadOnlyList<int> removed, IReadOnlyList<int> addedIds, IReadOnlyList<long> addedWorks)
    {
        ArgumentNullException.ThrowIfNull(removed);
        ArgumentNullException.ThrowIfNull(addedIds);
        ArgumentNullException.ThrowIfNull(addedWorks);
        Version = version;
        Removed = removed;
        AddedIds = addedIds;
        AddedWorks = addedWorks;
    }

    /// <summary>The state that the changes lead to.</summary>
    public SpaceVersion Version { get; }

    /// <summary>Ids that are gone since; some of them may be of signatures that were also added since.</summary>
    public IReadOnlyList<int> Removed { get; }

    /// <summary>The ids added since that are still there, ascending.</summary>
    public IReadOnlyList<int> AddedIds { get; }

    /// <summary>
    /// The number of the work that each of <see cref="AddedIds"/> belongs to. A work has the same number in all spaces. The number of a
    /// work that was removed may be given to another.
    /// </summary>
    public IReadOnlyList<long> AddedWorks { get; }
}
