namespace ArtSimilarity.Evaluation;

/// <summary>How often one work of a pair finds the other, in both directions.</summary>
/// <param name="Pairs">How many pairs were judged.</param>
/// <param name="Missing">How many were not: a work of theirs is not in the gallery, or has no signature.</param>
/// <param name="Recall">For each number of neighbours asked for, the share of searches that found the other work among so many; empty where no pair was judged.</param>
public sealed record PairRetrievalReport(int Pairs, int Missing, IReadOnlyList<double> Recall);
