namespace ArtSimilarity.Tuning;

/// <summary>What the tuner of an approximate index measures.</summary>
public abstract class TunerOptions
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
}
