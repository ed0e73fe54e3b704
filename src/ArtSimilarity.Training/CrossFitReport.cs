using ArtSimilarity.Evaluation;

namespace ArtSimilarity.Training;

/// <summary>What a cross-fitting came to.</summary>
public sealed class CrossFitReport
{
    /// <summary>Creates a cross fit report.</summary>
    /// <param name="answers">See <see cref="Answers"/>.</param>
    /// <param name="figures">See <see cref="Figures"/>.</param>
    /// <param name="estimates">See <see cref="Estimates"/>.</param>
    public CrossFitReport(IReadOnlyList<ClassifiedImage> answers, ClassificationReport figures, ClassificationEstimates estimates)
    {
        ArgumentNullException.ThrowIfNull(answers);
        ArgumentNullException.ThrowIfNull(figures);
        ArgumentNullException.ThrowIfNull(estimates);
        Answers = answers;
        Figures = figures;
        Estimates = estimates;
    }

    /// <summary>What was said of each labelled picture by the model that had not seen it, fold by fold.</summary>
    public IReadOnlyList<ClassifiedImage> Answers { get; }

    /// <summary>How well that was told.</summary>
    public ClassificationReport Figures { get; }

    /// <summary>The same with intervals of 95 %, by the bootstrap over the groups of the folds (<see cref="HeldOutSplit.GroupOf"/>).</summary>
    public ClassificationEstimates Estimates { get; }
}
