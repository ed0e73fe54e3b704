using ArtSimilarity.Features;

namespace ArtSimilarity.Graphs;

/// <summary>Which works a <see cref="NeighborGraph"/> has, and how it is built.</summary>
public sealed class NeighborGraphOptions
{
    private readonly int _neighborCount = 10;
    private readonly double? _quality;
    private readonly int _maxDegreeOfParallelism = -1;

    /// <summary>How many nearest neighbours each work has, at least 1; fewer only where there are fewer works.</summary>
    /// <value>The default is 10.</value>
    /// <exception cref="ArgumentOutOfRangeException">The value is below 1.</exception>
    public int NeighborCount
    {
        get => _neighborCount;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            _neighborCount = value;
        }
    }

    /// <summary>The works of the graph: neighbours are sought among these alone.</summary>
    /// <value>The default is <see langword="null"/>: all.</value>
    public PaintingFilter? Filter { get; init; }

    /// <summary>The feature space.</summary>
    /// <value>The default is <see langword="null"/>: the one that searches of the gallery go by.</value>
    public FeatureSpace? Space { get; init; }

    /// <summary>The quality to demand of the neighbours, above 0 and at most 1, as in <see cref="Indexing.VectorSearchOptions.Quality"/>.</summary>
    /// <value>
    /// The default is <see langword="null"/>: the approximate index goes by settings of its own. 1 compares every signature with every
    /// other, which takes time that grows with the square of the gallery.
    /// </value>
    /// <exception cref="ArgumentOutOfRangeException">The value is not above 0 and at most 1.</exception>
    public double? Quality
    {
        get => _quality;
        init => _quality = value is null or (> 0 and <= 1)
            ? value
            : throw new ArgumentOutOfRangeException(nameof(value), value, "The quality must be above 0 and at most 1.");
    }

    /// <summary>How many threads to use: at least 1, or −1 for one per processor.</summary>
    /// <value>The default is −1.</value>
    /// <exception cref="ArgumentOutOfRangeException">The value is 0, or below −1.</exception>
    public int MaxDegreeOfParallelism
    {
        get => _maxDegreeOfParallelism;
        init
        {
            Parallelism.ParallelDegree.ThrowIfInvalid(value, nameof(MaxDegreeOfParallelism));
            _maxDegreeOfParallelism = value;
        }
    }
}
