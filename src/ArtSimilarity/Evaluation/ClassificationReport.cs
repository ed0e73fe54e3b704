namespace ArtSimilarity.Evaluation;

/// <summary>How well a classifier told labels. The shares are between 0 and 1, 1 being best, and 0 where nothing was classified.</summary>
public sealed class ClassificationReport
{
    /// <summary>How many were classified.</summary>
    public required int Count { get; init; }

    /// <summary>The share whose most probable label is the true one.</summary>
    public required double Accuracy { get; init; }

    /// <summary>How many of the most probable labels <see cref="TopKAccuracy"/> looks at.</summary>
    public required int TopK { get; init; }

    /// <summary>The share whose true label is among the <see cref="TopK"/> most probable ones.</summary>
    public required double TopKAccuracy { get; init; }

    /// <summary>The mean recall of the labels that occur as truth: every one of them counts the same.</summary>
    public required double BalancedAccuracy { get; init; }

    /// <summary>The mean F1 of the labels that occur, as truth or as prediction: every one of them counts the same.</summary>
    public required double MacroF1 { get; init; }

    /// <summary>The figures of each label, in the order of the classifier.</summary>
    public required IReadOnlyList<LabelClassification> Labels { get; init; }

    /// <summary>How often each label was predicted for each true one.</summary>
    public required ConfusionMatrix Confusion { get; init; }
}
