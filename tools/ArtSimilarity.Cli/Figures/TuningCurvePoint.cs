using ArtSimilarity.Evaluation;

namespace ArtSimilarity.Cli.Figures;

/// <summary>A point of a curve.</summary>
/// <param name="Effort">How much the search looks at: candidates or trees.</param>
internal readonly record struct TuningCurvePoint(int Effort, Estimate Quality, Estimate Milliseconds);
