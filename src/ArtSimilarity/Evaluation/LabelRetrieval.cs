namespace ArtSimilarity.Evaluation;

/// <summary>The figures of one label.</summary>
public sealed class LabelRetrieval
{
    /// <summary>The label.</summary>
    public required string Label { get; init; }

    /// <summary>Queries with this label.</summary>
    public required int QueryCount { get; init; }

    /// <summary>Vectors searched that have this label.</summary>
    public required int BaseCount { get; init; }

    /// <summary>The mean precision of its queries, one for each k asked for.</summary>
    public required IReadOnlyList<double> PrecisionAtK { get; init; }

    /// <summary>The mean average precision of its queries.</summary>
    public required double MeanAveragePrecision { get; init; }
}
