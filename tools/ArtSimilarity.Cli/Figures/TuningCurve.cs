namespace ArtSimilarity.Cli.Figures;

/// <summary>Quality and time for one number of neighbours.</summary>
/// <param name="K">The number of neighbours.</param>
/// <param name="Name">What the legend says.</param>
/// <param name="Points">The measurements, by ascending effort.</param>
/// <param name="Chosen">What was chosen, where it lies on the curve's axes.</param>
internal sealed record TuningCurve(int K, string Name, IReadOnlyList<TuningCurvePoint> Points, TuningCurvePoint? Chosen);
