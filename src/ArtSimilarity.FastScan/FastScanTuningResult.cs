namespace ArtSimilarity.FastScan;

/// <summary>What was measured for one number of neighbours.</summary>
/// <param name="K">The number of neighbours.</param>
/// <param name="Best">
/// The settings that no other beats in both quality (the lower end of its interval) and time, the fastest first, on the
/// queries that were tuned on.
/// </param>
/// <param name="Chosen">The fastest of them that reaches the demanded quality; <see langword="null"/> where none does.</param>
/// <param name="Confirmed">The same settings on the other queries, which had no part in the choice.</param>
/// <param name="Curve">
/// How quality and time depend on <see cref="FastScanSearchSettings.SearchCandidates"/>, in ascending order of these, with the
/// <see cref="FastScanSearchSettings.RescoredCandidates"/> of the chosen settings (of the best where none was chosen).
/// </param>
public sealed record FastScanTuningResult(
    int K, IReadOnlyList<FastScanMeasurement> Best, FastScanMeasurement? Chosen, FastScanMeasurement? Confirmed, IReadOnlyList<FastScanMeasurement> Curve);
