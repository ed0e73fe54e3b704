namespace ArtSimilarity.Annoy;

/// <summary>What was measured for one number of neighbours.</summary>
public sealed class AnnoyTuningResult
{
    /// <summary>The number of neighbours.</summary>
    public required int K { get; init; }

    /// <summary>The settings that no other beats in both quality (the lower end of its interval) and time, the fastest first.</summary>
    public required IReadOnlyList<AnnoyMeasurement> Best { get; init; }

    /// <summary>The fastest of them that reaches the demanded quality; <see langword="null"/> where none does.</summary>
    public required AnnoyMeasurement? Chosen { get; init; }

    /// <summary>The same settings on the other queries, which had no part in the choice.</summary>
    public required AnnoyMeasurement? Confirmed { get; init; }

    /// <summary>How quality and time depend on the number of trees, in ascending order of these, with Annoy's own number of candidates: k times the trees.</summary>
    public required IReadOnlyList<AnnoyMeasurement> Curve { get; init; }
}
