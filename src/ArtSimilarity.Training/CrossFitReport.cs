using ArtSimilarity.Evaluation;

namespace ArtSimilarity.Training;

/// <summary>What a cross-fitting came to.</summary>
/// <param name="Answers">What was said of each labelled picture by the model that had not seen it, fold by fold.</param>
/// <param name="Figures">How well that was told.</param>
public sealed record CrossFitReport(IReadOnlyList<ClassifiedImage> Answers, ClassificationReport Figures);
