using ArtSimilarity.Evaluation;

namespace ArtSimilarity.Training;

/// <summary>How well the first target is told apart on held-out pictures, each share from 0 to 1.</summary>
/// <param name="Accuracy">The share of pictures whose label has the highest probability.</param>
/// <param name="BalancedAccuracy">The mean over the labels of the share of their pictures found.</param>
/// <param name="Top3">The share of pictures whose label is among the three highest probabilities.</param>
public sealed record HeldOutFigures(double Accuracy, double BalancedAccuracy, double Top3)
{
    internal static HeldOutFigures From(ClassificationReport report) => new(report.Accuracy, report.BalancedAccuracy, report.TopKAccuracy);
}
