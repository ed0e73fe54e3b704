namespace ArtSimilarity.Evaluation;

/// <summary>How well a classifier told labels. The shares are between 0 and 1, 1 being best, and 0 where nothing was classified.</summary>
/// <param name="Count">How many were classified.</param>
/// <param name="Accuracy">The share whose most probable label is the true one.</param>
/// <param name="TopK">How many of the most probable labels <paramref name="TopKAccuracy"/> looks at.</param>
/// <param name="TopKAccuracy">The share whose true label is among the <paramref name="TopK"/> most probable ones.</param>
/// <param name="BalancedAccuracy">The mean recall of the labels that occur as truth: every one of them counts the same.</param>
/// <param name="MacroF1">The mean F1 of the labels that occur, as truth or as prediction: every one of them counts the same.</param>
/// <param name="Labels">The figures of each label, in the order of the classifier.</param>
/// <param name="Confusion">How often each label was predicted for each true one.</param>
public sealed record ClassificationReport(
    int Count,
    double Accuracy,
    int TopK,
    double TopKAccuracy,
    double BalancedAccuracy,
    double MacroF1,
    IReadOnlyList<LabelClassification> Labels,
    ConfusionMatrix Confusion);
