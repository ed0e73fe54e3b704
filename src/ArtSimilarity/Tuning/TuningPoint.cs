namespace ArtSimilarity.Tuning;

/// <summary>One measurement of a tuning, as a gallery keeps it.</summary>
/// <typeparam name="TSettings">The settings of a search of the index.</typeparam>
/// <param name="K">The number of neighbours that were searched for, at least 1.</param>
/// <param name="Settings">The settings of the searches.</param>
/// <param name="Quality">The quality reached, 0 to 1: the lower end of its confidence interval.</param>
/// <param name="Recall">The share of the true neighbours found, 0 to 1, on average.</param>
/// <param name="Milliseconds">The median time of a search, at least 0.</param>
public readonly record struct TuningPoint<TSettings>(int K, TSettings Settings, double Quality, double Recall, double Milliseconds)
    where TSettings : struct;
