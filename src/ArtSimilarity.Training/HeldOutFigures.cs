using ArtSimilarity.Evaluation;

namespace ArtSimilarity.Training;

/// <summary>How well the first target is told apart on held-out pictures, each share from 0 to 1.</summary>
public sealed class HeldOutFigures
{
    /// <summary>Creates a set of figures.</summary>
    /// <param name="accuracy">See <see cref="Accuracy"/>.</param>
    /// <param name="balancedAccuracy">See <see cref="BalancedAccuracy"/>.</param>
    /// <param name="top3">See <see cref="Top3"/>.</param>
    public HeldOutFigures(double accuracy, double balancedAccuracy, double top3)
    {
        Accuracy = accuracy;
        BalancedAccuracy = balancedAccuracy;
        Top3 = top3;
    }

    /// <summary>The share of pictures whose label has the highest probability.</summary>
    public double Accuracy { get; }

    /// <summary>The mean over the labels of the share of their pictures found.</summary>
    public double BalancedAccuracy { get; }

    /// <summary>The share of pictures whose label is among the three highest probabilities.</summary>
    public double Top3 { get; }

    internal static HeldOutFigures From(ClassificationReport report) => new(report.Accuracy, report.BalancedAccuracy, report.TopKAccuracy);
}
