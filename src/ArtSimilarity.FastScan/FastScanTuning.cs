using System.Text.Json;
using ArtSimilarity.FastScan.Tuning;
using ArtSimilarity.Indexing;
using ArtSimilarity.Tuning;

namespace ArtSimilarity.FastScan;

/// <summary>Search settings with the quality and time that were measured for them on one index; <see cref="FastScanTuner"/> makes them.</summary>
/// <remarks>
/// <para>
/// An index with other dimensions refuses a tuning. One of more vectors takes it, and looks at more in proportion: twice the
/// vectors, twice as much. That keeps the quality, and costs more time than a new measurement would find necessary.
/// </para>
/// <para>
/// For a number of neighbours between two that were measured, the settings of the greater are taken, or those of the smaller,
/// increased in proportion: whichever takes less time. For more than were measured, those of the most are increased.
/// </para>
/// </remarks>
public sealed class FastScanTuning : VectorIndexTuning
{
    private static readonly TuningText Text = new("a FastScan index", version: 1);

    /// <summary>Creates a tuning.</summary>
    /// <param name="count">See <see cref="Count"/>.</param>
    /// <param name="dimensions">See <see cref="Dimensions"/>.</param>
    /// <param name="points">See <see cref="Points"/>.</param>
    public FastScanTuning(int count, int dimensions, IReadOnlyList<TuningPoint<FastScanSearchSettings>> points)
    {
        ArgumentNullException.ThrowIfNull(points);
        Count = count;
        Dimensions = dimensions;
        Points = points;
    }

    /// <summary>The number of vectors of that index, at least 1.</summary>
    public int Count { get; }

    /// <summary>Their length, at least 1.</summary>
    public int Dimensions { get; }

    /// <summary>The measurements, at least one.</summary>
    public IReadOnlyList<TuningPoint<FastScanSearchSettings>> Points { get; }

    /// <summary><c>fastscan</c>.</summary>
    public override string IndexName => FastScanIndexProvider.IndexName;

    /// <summary>Reads a tuning.</summary>
    /// <param name="text">What <see cref="ToString"/> wrote.</param>
    /// <returns>The tuning.</returns>
    /// <exception cref="FormatException">The text is not a tuning; the message says where.</exception>
    public static FastScanTuning Parse(string text)
    {
        FastScanTuningDocument document = Text.Parse<FastScanTuningDocument, FastScanSearchSettings>(text, FastScanTuningJson.Default.FastScanTuningDocument);
        return new FastScanTuning(document.Count, document.Dimensions, document.Points);
    }

    /// <summary>The tuning as JSON.</summary>
    /// <returns>What <see cref="Parse"/> reads.</returns>
    public override string ToString() =>
        JsonSerializer.Serialize(new FastScanTuningDocument(Text.Version, Count, Dimensions, Points), FastScanTuningJson.Default.FastScanTuningDocument);

    /// <summary>The fastest settings measured to reach a quality; those with which the answer is exact where none does.</summary>
    /// <param name="tuning">The measurements; <see langword="null"/> takes those of signatures of paintings, with a margin.</param>
    /// <param name="k">The number of neighbours to find.</param>
    /// <param name="quality">The quality, above 0 and at most 1.</param>
    /// <param name="count">The number of vectors of the index to search.</param>
    internal static FastScanSearchSettings SettingsFor(FastScanTuning? tuning, int k, double quality, int count) =>
        tuning is not null ? TunedSettings.For(tuning.Points, tuning.Count, k, quality, count) : UsualSettingsFor(k, quality, count);

    private static FastScanSearchSettings UsualSettingsFor(int k, double quality, int count)
    {
        FastScanSearchSettings usual = FastScanSearchSettings.DefaultFor(k, count);
        return quality switch
        {
            <= 0.98 => usual,
            <= 0.99 => usual.Times(2, 1.5),
            <= 0.995 => usual.Times(4, 2),
            <= 0.999 => usual.Times(8, 4),
            _ => FastScanSearchSettings.Exact,
        };
    }
}
