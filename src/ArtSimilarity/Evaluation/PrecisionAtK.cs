namespace ArtSimilarity.Evaluation;

/// <summary>The share of works with the query's label among the k nearest.</summary>
/// <param name="K">The number of neighbours.</param>
/// <param name="Micro">The mean over queries.</param>
/// <param name="Macro">The mean over labels of the mean over their queries: every label counts the same.</param>
public readonly record struct PrecisionAtK(int K, double Micro, double Macro);
