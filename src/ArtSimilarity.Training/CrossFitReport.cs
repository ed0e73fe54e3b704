using ArtSimilarity.Evaluation;

namespace ArtSimilarity.Training;

/// <summary>What a cross-fitting came to.</summary>
public sealed class CrossFitReport
{
    /// <summary>Creates a cross fit report.</summary>
    /// <param name="answers">See <see cref="Answers"/>.</param>
    /// <param name="figures">See <see cref="Figures"/>.</param>
    public CrossFitReport(IReadOnlyList<ClassifiedImage> answers, ClassificationReport figures)
    {
        ArgumentNullException.ThrowIfNull(answers);
        ArgumentNullException.ThrowIfNull(figures);
        Answers = answers;
        Figures = figures;
    }

    /// <summary>What was said of each labelled picture by the model that had not seen it, fold by fold.</summary>
    public IReadOnlyList<ClassifiedImage> Answers { get; }

    /// <summary>How well that was told.</summary>
    public ClassificationReport Figures { get; }
}
