namespace ArtSimilarity.Duplicates;

/// <summary>Works that are copies or digitisations of one another.</summary>
public sealed class DuplicateGroup
{
    internal DuplicateGroup(IReadOnlyList<Painting> works, IReadOnlyList<DuplicatePair> pairs) => (Works, Pairs) = (works, pairs);

    /// <summary>The works, at least two. The first is the one that is a duplicate of all others.</summary>
    public IReadOnlyList<Painting> Works { get; }

    /// <summary>The pairs found among these works, nearest first.</summary>
    public IReadOnlyList<DuplicatePair> Pairs { get; }
}
