using ArtSimilarity.Indexing;

namespace ArtSimilarity.Galleries;

/// <summary>How a feature space differs from a former state of it.</summary>
public sealed class SignatureChanges
{
    /// <summary>Creates a record of changes.</summary>
    /// <param name="version">See <see cref="Version"/>.</param>
    /// <param name="removed">See <see cref="Removed"/>.</param>
    /// <param name="added">See <see cref="Added"/>.</param>
    public SignatureChanges(SpaceVersion version, IReadOnlyList<int> removed, VectorSet added)
    {
        ArgumentNullException.ThrowIfNull(removed);
        ArgumentNullException.ThrowIfNull(added);
        Version = version;
        Removed = removed;
        Added = added;
    }

    /// <summary>The state that the changes lead to.</summary>
    public SpaceVersion Version { get; }

    /// <summary>Ids that are gone since; some of them may be of signatures that were also added since.</summary>
    public IReadOnlyList<int> Removed { get; }

    /// <summary>The signatures added since that are still there, in ascending order of their ids.</summary>
    public VectorSet Added { get; }
}
