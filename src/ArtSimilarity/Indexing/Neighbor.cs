namespace ArtSimilarity.Indexing;

/// <summary>One result of a search.</summary>
/// <param name="Id">The vector's id.</param>
/// <param name="Distance">Its distance from the query under the index's metric; smaller is nearer.</param>
public readonly record struct Neighbor(int Id, float Distance) : IComparable<Neighbor>
{
    /// <summary>Orders by distance, then by id.</summary>
    /// <param name="other">The neighbour to compare with.</param>
    /// <returns>Negative when this one comes first.</returns>
    public int CompareTo(Neighbor other)
    {
        int byDistance = Distance.CompareTo(other.Distance);
        return byDistance != 0 ? byDistance : Id.CompareTo(other.Id);
    }

    /// <summary>Whether <paramref name="left"/> comes before <paramref name="right"/>.</summary>
    /// <param name="left">The first neighbour.</param>
    /// <param name="right">The second neighbour.</param>
    /// <returns>The comparison's outcome.</returns>
    public static bool operator <(Neighbor left, Neighbor right) => left.CompareTo(right) < 0;

    /// <summary>Whether <paramref name="left"/> comes after <paramref name="right"/>.</summary>
    /// <param name="left">The first neighbour.</param>
    /// <param name="right">The second neighbour.</param>
    /// <returns>The comparison's outcome.</returns>
    public static bool operator >(Neighbor left, Neighbor right) => left.CompareTo(right) > 0;

    /// <summary>Whether <paramref name="left"/> does not come after <paramref name="right"/>.</summary>
    /// <param name="left">The first neighbour.</param>
    /// <param name="right">The second neighbour.</param>
    /// <returns>The comparison's outcome.</returns>
    public static bool operator <=(Neighbor left, Neighbor right) => left.CompareTo(right) <= 0;

    /// <summary>Whether <paramref name="left"/> does not come before <paramref name="right"/>.</summary>
    /// <param name="left">The first neighbour.</param>
    /// <param name="right">The second neighbour.</param>
    /// <returns>The comparison's outcome.</returns>
    public static bool operator >=(Neighbor left, Neighbor right) => left.CompareTo(right) >= 0;
}
