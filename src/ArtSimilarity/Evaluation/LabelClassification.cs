namespace ArtSimilarity.Evaluation;

/// <summary>How well one label was recognised. The shares are between 0 and 1; 1 is best.</summary>
public sealed class LabelClassification
{
    /// <summary>The label.</summary>
    public required string Label { get; init; }

    /// <summary>How many have this label.</summary>
    public required int Support { get; init; }

    /// <summary>For how many it was predicted.</summary>
    public required int Predicted { get; init; }

    /// <summary>Of those it was predicted for, the share that have it; 0 where it was never predicted.</summary>
    public required double Precision { get; init; }

    /// <summary>Of those that have it, the share it was predicted for; 0 where none has it.</summary>
    public required double Recall { get; init; }

    /// <summary>The harmonic mean of precision and recall; 0 where both are 0.</summary>
    public required double F1 { get; init; }
}
