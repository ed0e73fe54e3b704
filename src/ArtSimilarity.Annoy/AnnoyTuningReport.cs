using ArtSimilarity.Evaluation;

namespace ArtSimilarity.Annoy;

/// <summary>What <see cref="AnnoyTuner"/> measured.</summary>
/// <param name="Tuning">The best settings of all numbers of neighbours, to be given to <see cref="AnnoyIndex.Tuning"/>.</param>
/// <param name="TunedOn">The number of queries that settings were chosen on.</param>
/// <param name="ConfirmedOn">The number of queries that the chosen settings were confirmed on.</param>
/// <param name="Results">What was measured for each number of neighbours, in ascending order; the last is the one asked for.</param>
/// <param name="ExactMilliseconds">The median time of the exact index for the number of neighbours asked for, on one thread.</param>
public sealed record AnnoyTuningReport(
    AnnoyTuning Tuning, int TunedOn, int ConfirmedOn, IReadOnlyList<AnnoyTuningResult> Results, Estimate ExactMilliseconds);
