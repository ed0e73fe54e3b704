using ArtSimilarity.Tuning;

namespace ArtSimilarity.Annoy;

/// <summary>What <see cref="AnnoyTuner"/> measures.</summary>
public sealed class AnnoyTunerOptions : TunerOptions
{
    /// <summary>How the forest is built; fewer trees than it has are measured too.</summary>
    /// <value>The default is <see langword="null"/>: as by default.</value>
    public AnnoyIndexOptions? Index { get; init; }
}
