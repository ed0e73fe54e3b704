namespace ArtSimilarity.Cli.Output;

/// <summary>What is known of the tuning kept for a feature space.</summary>
internal sealed record TuningFigures(int Works, int MaxK, double Grown);
