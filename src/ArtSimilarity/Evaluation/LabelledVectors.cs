using ArtSimilarity.Indexing;

namespace ArtSimilarity.Evaluation;

/// <summary>Vectors and a label for each.</summary>
/// <param name="Vectors">The vectors and their ids.</param>
/// <param name="Labels">One label per row; <see langword="null"/> where it is unknown.</param>
public sealed record LabelledVectors(VectorSet Vectors, IReadOnlyList<string?> Labels);
