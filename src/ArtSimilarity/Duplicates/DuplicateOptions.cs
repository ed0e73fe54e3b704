namespace ArtSimilarity.Duplicates;

/// <summary>What counts as a duplicate.</summary>
public sealed class DuplicateOptions
{
    private readonly double _maxDistance = 0.65;
    private readonly int _maxRank = 2;
    private readonly int _maxDegreeOfParallelism = -1;

    /// <summary>How far apart the signatures of duplicates may be.</summary>
    /// <value>The default is 0.65, which suits the angular metric and a <see cref="Verifier"/>. By signatures alone, about 0.2.</value>
    /// <exception cref="ArgumentOutOfRangeException">The value is NaN.</exception>
    public double MaxDistance
    {
        get => _maxDistance;
        init => _maxDistance = double.IsNaN(value) ? throw new ArgumentOutOfRangeException(nameof(value), value, "The distance must be a number.") : value;
    }

    /// <summary>Each work has to be among so many nearest neighbours of the other: at least 1.</summary>
    /// <value>The default is 2. Groups of many copies need more.</value>
    /// <exception cref="ArgumentOutOfRangeException">The value is below 1.</exception>
    public int MaxRank
    {
        get => _maxRank;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            _maxRank = value;
        }
    }

    /// <summary>Looks at the pairs whose signatures are near.</summary>
    /// <value>The default is <see langword="null"/>: the signatures alone decide, which takes works of one series and one hand for copies.</value>
    public IDuplicateVerifier? Verifier { get; init; }

    /// <summary>How many pairs to verify at the same time: at least 1, or −1 for one per processor.</summary>
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
