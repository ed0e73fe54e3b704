using ArtSimilarity.Evaluation;
using ArtSimilarity.Indexing;

namespace ArtSimilarity.Tuning;

/// <summary>What the tuner of an approximate index measured.</summary>
/// <typeparam name="TTuning">The tuning of that index.</typeparam>
/// <typeparam name="TSettings">The settings of a search of that index.</typeparam>
public sealed class TuningReport<TTuning, TSettings>
    where TTuning : VectorIndexTuning
    where TSettings : struct
{
    /// <summary>The best settings of all numbers of neighbours, to be given to <see cref="IVectorIndex.Tuning"/>.</summary>
    public required TTuning Tuning { get; init; }

    /// <summary>The number of vectors that were searched: all but the queries.</summary>
    public required int VectorCount { get; init; }

    /// <summary>The number of queries that settings were chosen on.</summary>
    public required int TunedOn { get; init; }

    /// <summary>The number of queries that the chosen settings were confirmed on.</summary>
    public required int ConfirmedOn { get; init; }

    /// <summary>What was measured for each number of neighbours, in ascending order; the last is the one asked for.</summary>
    public required IReadOnlyList<TuningResult<TSettings>> Results { get; init; }

    /// <summary>The median time of the exact index for the number of neighbours asked for, on one thread.</summary>
    public required Estimate ExactMilliseconds { get; init; }

    /// <summary>Whether the settings chosen for the number of neighbours asked for meet a demand.</summary>
    /// <param name="quality">The quality to reach, above 0 and below 1: the one that was measured for.</param>
    /// <param name="budgetMilliseconds">How long a search may take, in milliseconds on one thread; <see langword="null"/> for any time.</param>
    /// <returns>The verdict.</returns>
    public TuningVerdict Judge(double quality, double? budgetMilliseconds = null) => Results[^1] switch
    {
        { Chosen: null } or { Confirmed: null } => TuningVerdict.QualityNotReached,
        { Chosen: SearchMeasurement<TSettings> chosen } when chosen.Milliseconds.Value > budgetMilliseconds => TuningVerdict.OverBudget,

        // A mean below the demand contradicts nothing while the interval holds it.
        { Confirmed: SearchMeasurement<TSettings> confirmed } when confirmed.Quality.Upper < quality => TuningVerdict.NotConfirmed,
        _ => TuningVerdict.Met,
    };
}
