using ArtSimilarity.Evaluation;

namespace ArtSimilarity.Tuning;

/// <summary>What searches with certain settings came to.</summary>
/// <typeparam name="TSettings">The settings of a search of the index.</typeparam>
/// <param name="K">The number of neighbours that were searched for.</param>
/// <param name="Settings">The settings of the searches.</param>
/// <param name="Quality">The mean of the quality Q (<see cref="RetrievalMetrics.Quality"/>) over the queries, never estimated too high.</param>
/// <param name="Recall">The mean share of the true k nearest that were found.</param>
/// <param name="Milliseconds">The median time of a search, on one thread.</param>
public readonly record struct SearchMeasurement<TSettings>(int K, TSettings Settings, Estimate Quality, Estimate Recall, Estimate Milliseconds)
    where TSettings : struct;
