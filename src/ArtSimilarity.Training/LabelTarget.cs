namespace ArtSimilarity.Training;

/// <summary>A label column that a network learns.</summary>
/// <param name="Column">The column's name, for example <c>genre</c>.</param>
/// <param name="Labels">The classes, in the order of the output.</param>
/// <param name="Weight">How much its loss counts, the first target's being 1 as a rule.</param>
public sealed record LabelTarget(string Column, IReadOnlyList<string> Labels, double Weight = 1);
