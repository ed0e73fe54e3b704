using System.Text.Json;
using ArtSimilarity.FastScan.Tuning;
using ArtSimilarity.Indexing;

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
    private const int Version = 1;

    /// <summary>Creates a tuning.</summary>
    /// <param name="count">See <see cref="Count"/>.</param>
    /// <param name="dimensions">See <see cref="Dimensions"/>.</param>
    /// <param name="points">See <see cref="Points"/>.</param>
    public FastScanTuning(int count, int dimensions, IReadOnlyList<FastScanTuningPoint> points)
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
    public IReadOnlyList<FastScanTuningPoint> Points { get; }

    /// <summary><c>fastscan</c>.</summary>
    public override string IndexName => FastScanIndexProvider.IndexName;

    /// <summary>Reads a tuning.</summary>
    /// <param name="text">What <see cref="ToString"/> wrote.</param>
    /// <returns>The tuning.</returns>
    /// <exception cref="FormatException">The text is not a tuning; the message says where.</exception>
    public static FastScanTuning Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        FastScanTuningDocument? document;
        try
        {
            document = JsonSerializer.Deserialize(text, FastScanTuningJson.Default.FastScanTuningDocument);
        }
        catch (JsonException exception)
        {
            throw Refusal($"it is no JSON of the kind ({exception.Message})", exception);
        }

        if (document is null || document.Version != Version)
        {
            throw Refusal($"its version is {document?.Version ?? 0}, not {Version}");
        }

        if (document.Count < 1 || document.Dimensions < 1)
        {
            throw Refusal($"count {document.Count} and dimensions {document.Dimensions} must be at least 1");
        }

        if (document.Points is not { Count: > 0 } points)
        {
            throw Refusal("it has no points");
        }

        for (int i = 0; i < points.Count; i++)
        {
            if (!points[i].IsValid || points[i].K > document.Count)
            {
                throw Refusal($"point {i} is impossible: {points[i]}");
            }
        }

        return new FastScanTuning(document.Count, document.Dimensions, points);
    }

    /// <summary>The tuning as JSON.</summary>
    /// <returns>What <see cref="Parse"/> reads.</returns>
    public override string ToString() =>
        JsonSerializer.Serialize(new FastScanTuningDocument(Version, Count, Dimensions, Points), FastScanTuningJson.Default.FastScanTuningDocument);

    /// <summary>The fastest settings measured to reach a quality; those with which the answer is exact where none does.</summary>
    /// <param name="tuning">The measurements; <see langword="null"/> takes those of signatures of paintings, with a margin.</param>
    /// <param name="k">The number of neighbours to find.</param>
    /// <param name="quality">The quality, above 0 and at most 1.</param>
    /// <param name="count">The number of vectors of the index to search.</param>
    internal static FastScanSearchSettings SettingsFor(FastScanTuning? tuning, int k, double quality, int count) =>
        tuning?.SettingsFor(k, quality, count) ?? UsualSettingsFor(k, quality, count);

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

    private static FormatException Refusal(string reason, Exception? cause = null) =>
        new($"The text is no tuning of a FastScan index: {reason}.", cause);

    private FastScanSearchSettings SettingsFor(int k, double quality, int count)
    {
        // The nearest numbers of neighbours that were measured, on either side. (No LINQ: every search comes by here.)
        int below = 0, above = int.MaxValue;
        for (int i = 0; i < Points.Count; i++)
        {
            int measured = Points[i].K;
            below = measured <= k ? Math.Max(below, measured) : below;
            above = measured >= k ? Math.Min(above, measured) : above;
        }

        FastScanSearchSettings settings = FastScanSearchSettings.Exact;
        double least = double.PositiveInfinity;
        for (int i = 0; i < Points.Count; i++)
        {
            FastScanTuningPoint point = Points[i];
            if ((point.K == below || point.K == above) && point.Quality >= quality)
            {
                double more = Math.Max(1, (double)k / point.K);
                if (point.Milliseconds * more < least)
                {
                    least = point.Milliseconds * more;
                    settings = point.Settings.Times(more, more);
                }
            }
        }

        double growth = Math.Max(1, (double)count / Count);
        return settings.Times(growth, growth);
    }
}
