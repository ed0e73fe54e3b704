namespace ArtSimilarity.Annoy;

/// <summary>What was measured for one number of neighbours.</summary>
/// <param name="K">The number of neighbours.</param>
/// <param name="Best">The settings that no other beats in both quality (the lower end of its interval) and time, the fastest first.</param>
/// <param name="Chosen">The fastest of them that reaches the demanded quality; <see langword="null"/> where none does.</param>
/// <param name="Confirmed">The same settings on the other queries, which had no part in the choice.</param>
/// <param name="Curve">How quality and time depend on the number of trees, in ascending order of these, with Annoy's own number of candidates: k times the trees.</param>
public sealed record AnnoyTuningResult(
    int K, IReadOnlyList<AnnoyMeasurement> Best, AnnoyMeasurement? Chosen, AnnoyMeasurement? Confirmed, IReadOnlyList<AnnoyMeasurement> Curve);
