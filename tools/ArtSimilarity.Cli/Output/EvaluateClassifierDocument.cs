namespace ArtSimilarity.Cli.Output;

/// <summary>How well a classifier tells labels; rows of the confusion are the truth, columns the predictions, both in the order of the classes.</summary>
internal sealed record EvaluateClassifierDocument(
    string Model,
    string? Version,
    string By,
    bool Flip,
    int Images,
    int Missing,
    int Unlabelled,
    IReadOnlyList<string> UnknownLabels,
    IReadOnlyList<FailedImage> Failed,
    double Accuracy,
    double Top3,
    double BalancedAccuracy,
    double MacroF1,
    IReadOnlyList<EvaluateClassifierDocument.LabelFigures> Classes,
    IReadOnlyList<IReadOnlyList<int>> Confusion,
    string? Figure,
    double Seconds)
{
    /// <summary>How well one label was recognised.</summary>
    public sealed record LabelFigures(string Label, int Support, int Predicted, double Precision, double Recall, double F1);
}
