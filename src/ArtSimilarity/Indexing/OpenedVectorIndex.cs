namespace ArtSimilarity.Indexing;

/// <summary>An index that was built before.</summary>
public sealed class OpenedVectorIndex
{
    /// <summary>Creates a pair of an index and its stamp.</summary>
    /// <param name="index">See <see cref="Index"/>.</param>
    /// <param name="stamp">See <see cref="Stamp"/>.</param>
    public OpenedVectorIndex(IVectorIndex index, string stamp)
    {
        ArgumentNullException.ThrowIfNull(index);
        ArgumentNullException.ThrowIfNull(stamp);
        Index = index;
        Stamp = stamp;
    }

    /// <summary>The index; the caller disposes it.</summary>
    public IVectorIndex Index { get; }

    /// <summary>The text it was built with.</summary>
    public string Stamp { get; }
}
