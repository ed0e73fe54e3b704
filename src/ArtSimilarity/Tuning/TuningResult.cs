namespace ArtSimilarity.Tuning;

/// <summary>What was measured for one number of neighbours.</summary>
/// <typeparam name="TSettings">The settings of a search of the index.</typeparam>
public sealed class TuningResult<TSettings>
    where TSettings : struct
{
    /// <summary>The number of neighbours.</summary>
    public required int K { get; init; }

    /// <summary>
    /// The settings that no other beats in both quality (the lower end of its interval) and time, the fastest first, on the
    /// queries that were tuned on.
    /// </summary>
    public required IReadOnlyList<SearchMeasurement<TSettings>> Best { get; init; }

    /// <summary>The fastest of them that reaches the demanded quality; <see langword="null"/> where none does.</summary>
    public required SearchMeasurement<TSettings>? Chosen { get; init; }

    /// <summary>The same settings on the other queries, which had no part in the choice.</summary>
    public required SearchMeasurement<TSettings>? Confirmed { get; init; }

    /// <summary>How quality and time depend on how much a search looks at, in ascending order of that. The tuner of the index says what it counts.</summary>
    public required IReadOnlyList<SearchMeasurement<TSettings>> Curve { get; init; }
}
