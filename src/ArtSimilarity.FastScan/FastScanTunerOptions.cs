using ArtSimilarity.Tuning;

namespace ArtSimilarity.FastScan;

/// <summary>What <see cref="FastScanTuner"/> measures.</summary>
public sealed class FastScanTunerOptions : TunerOptions
{
    /// <summary>How the index is built.</summary>
    /// <value>The default is <see langword="null"/>: as by default.</value>
    public FastScanIndexOptions? Index { get; init; }
}
