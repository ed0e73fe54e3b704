namespace ArtSimilarity.Evaluation;

/// <summary>How well the neighbours of a work share its label.</summary>
public sealed class LabelRetrievalReport
{
    /// <summary>Queries that have a label.</summary>
    public required int QueryCount { get; init; }

    /// <summary>Vectors searched, labelled or not.</summary>
    public required int BaseCount { get; init; }

    /// <summary>Precision for each k asked for.</summary>
    public required IReadOnlyList<PrecisionAtK> PrecisionAtK { get; init; }

    /// <summary>mAP over the full ranking: the mean of the average precision over queries.</summary>
    public required double MeanAveragePrecision { get; init; }

    /// <summary>The mean over labels of the mean average precision of their queries.</summary>
    public required double MacroAveragePrecision { get; init; }

    /// <summary>The figures of each label, by name.</summary>
    public required IReadOnlyList<LabelRetrieval> Labels { get; init; }
}
