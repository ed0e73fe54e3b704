namespace ArtSimilarity.Annoy;

/// <summary>One measurement of a tuning.</summary>
/// <param name="K">The number of neighbours that were searched for, at least 1.</param>
/// <param name="Settings">The settings of the searches.</param>
/// <param name="Quality">The quality reached, 0 to 1: the lower end of its confidence interval.</param>
/// <param name="Recall">The share of the true neighbours found, 0 to 1, on average.</param>
/// <param name="Milliseconds">The median time of a search, at least 0.</param>
public readonly record struct AnnoyTuningPoint(int K, AnnoySearchSettings Settings, double Quality, double Recall, double Milliseconds)
{
    internal bool IsValid =>
        K >= 1 && Settings.IsValid && Settings is { SearchK: not null, TreeCount: not null }
        && Quality is >= 0 and <= 1 && Recall is >= 0 and <= 1 && Milliseconds >= 0 && double.IsFinite(Milliseconds);
}
