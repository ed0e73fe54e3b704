namespace ArtSimilarity.FastScan;

/// <summary>What <see cref="FastScanTuner"/> measures.</summary>
public sealed class FastScanTunerOptions
{
    /// <summary>The fewest queries there may be: two halves, each enough for a confidence interval.</summary>
    public const int MinQueryCount = 40;

    /// <summary>The number of neighbours to tune for, at least 1; some smaller ones are measured too.</summary>
    /// <value>The default is 250.</value>
    public int K { get; init; } = 250;

    /// <summary>The quality to reach, above 0 and below 1.</summary>
    /// <value>The default is 0.95.</value>
    public double Quality { get; init; } = 0.95;

    /// <summary>How many vectors are drawn as queries, at least <see cref="MinQueryCount"/>; the index is built without them.</summary>
    /// <value>The default is 300.</value>
    public int QueryCount { get; init; } = 300;

    /// <summary>Decides which vectors are drawn.</summary>
    /// <value>The default is 0.</value>
    public long Seed { get; init; }

    /// <summary>How the index is built.</summary>
    /// <value>The default is <see langword="null"/>: as by default.</value>
    public FastScanIndexOptions? Index { get; init; }

    internal void ThrowIfInvalid()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(K, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(QueryCount, MinQueryCount);
        if (!(Quality is > 0 and < 1))
        {
            throw new ArgumentOutOfRangeException(nameof(Quality), Quality, "The quality must be above 0 and below 1 (1 is an exact search).");
        }
    }
}
