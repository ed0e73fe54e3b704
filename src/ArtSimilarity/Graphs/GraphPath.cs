namespace ArtSimilarity.Graphs;

/// <summary>A way from one work to another through a <see cref="NeighborGraph"/>.</summary>
public sealed class GraphPath
{
    internal GraphPath(IReadOnlyList<Painting> works, IReadOnlyList<float> distances)
    {
        Works = works;
        Distances = distances;
        Length = distances.Sum(distance => (double)distance);
    }

    /// <summary>The works on the way, both ends included: at least one.</summary>
    public IReadOnlyList<Painting> Works { get; }

    /// <summary>The distance between each work and the one before it: one fewer than there are works.</summary>
    public IReadOnlyList<float> Distances { get; }

    /// <summary>The sum of the distances: 0 from a work to itself.</summary>
    public double Length { get; }
}
