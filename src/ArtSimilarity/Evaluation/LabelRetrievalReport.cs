namespace ArtSimilarity.Evaluation;

/// <summary>How well the neighbours of a work share its label.</summary>
/// <param name="QueryCount">Queries that have a label.</param>
/// <param name="BaseCount">Vectors searched, labelled or not.</param>
/// <param name="PrecisionAtK">Precision for each k asked for.</param>
/// <param name="MeanAveragePrecision">mAP over the full ranking: the mean of the average precision over queries.</param>
/// <param name="MacroAveragePrecision">The mean over labels of the mean average precision of their queries.</param>
/// <param name="Labels">The figures of each label, by name.</param>
public sealed record LabelRetrievalReport(
    int QueryCount,
    int BaseCount,
    IReadOnlyList<PrecisionAtK> PrecisionAtK,
    double MeanAveragePrecision,
    double MacroAveragePrecision,
    IReadOnlyList<LabelRetrieval> Labels);
