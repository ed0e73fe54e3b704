namespace ArtSimilarity.Evaluation;

/// <summary>The figures of one label.</summary>
/// <param name="Label">The label.</param>
/// <param name="QueryCount">Queries with this label.</param>
/// <param name="BaseCount">Vectors searched that have this label.</param>
/// <param name="PrecisionAtK">The mean precision of its queries, one for each k asked for.</param>
/// <param name="MeanAveragePrecision">The mean average precision of its queries.</param>
public sealed record LabelRetrieval(string Label, int QueryCount, int BaseCount, IReadOnlyList<double> PrecisionAtK, double MeanAveragePrecision);
