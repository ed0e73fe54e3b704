namespace ArtSimilarity.FastScan;

/// <summary>What was measured for one number of neighbours.</summary>
public sealed class FastScanTuningResult
{
    /// <summary>The number of neighbours.</summary>
    public required int K { get; init; }

    /// <summary>
    /// The settings that no other beats in both quality (the lower end of its interval) and time, the fastest first, on the
    /// queries that were tuned on.
    /// </summary>
    public required IReadOnlyList<FastScanMeasurement> Best { get; init; }

    /// <summary>The fastest of them that reaches the demanded quality; <see langword="null"/> where none does.</summary>
    public required FastScanMeasurement? Chosen { get; init; }

    /// <summary>The same settings on the other queries, which had no part in the choice.</summary>
    public required FastScanMeasurement? Confirmed { get; init; }

    /// <summary>
    /// How quality and time depend on <see cref="FastScanSearchSettings.SearchCandidates"/>, in ascending order of these, with the
    /// <see cref="FastScanSearchSettings.RescoredCandidates"/> of the chosen settings (of the best where none was chosen).
    /// </summary>
    public required IReadOnlyList<FastScanMeasurement> Curve { get; init; }
}
