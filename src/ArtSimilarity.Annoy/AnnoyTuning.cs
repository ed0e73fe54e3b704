using System.Text.Json;
using ArtSimilarity.Annoy.Tuning;
using ArtSimilarity.Indexing;

namespace ArtSimilarity.Annoy;

/// <summary>Search settings with the quality and time that were measured for them on one forest.</summary>
/// <remarks>
/// A forest of more vectors collects more candidates in proportion. For a number of neighbours between two that were measured, the
/// settings of the greater are taken, or those of the smaller, increased in proportion: whichever takes less time.
/// </remarks>
public sealed class AnnoyTuning : VectorIndexTuning
{
    private const int Version = 1;

    /// <summary>Creates a tuning.</summary>
    /// <param name="count">See <see cref="Count"/>.</param>
    /// <param name="dimensions">See <see cref="Dimensions"/>.</param>
    /// <param name="treeCount">See <see cref="TreeCount"/>.</param>
    /// <param name="points">See <see cref="Points"/>.</param>
    public AnnoyTuning(int count, int dimensions, int treeCount, IReadOnlyList<AnnoyTuningPoint> points)
    {
        ArgumentNullException.ThrowIfNull(points);
        Count = count;
        Dimensions = dimensions;
        TreeCount = treeCount;
        Points = points;
    }

    /// <summary>The number of vectors of that forest, at least 1.</summary>
    public int Count { get; }

    /// <summary>Their length, at least 1.</summary>
    public int Dimensions { get; }

    /// <summary>The number of its trees, at least 1; a forest of fewer refuses the tuning.</summary>
    public int TreeCount { get; }

    /// <summary>The measurements, at least one.</summary>
    public IReadOnlyList<AnnoyTuningPoint> Points { get; }

    /// <summary><c>ann</c>.</summary>
    public override string IndexName => AnnoyIndexProvider.IndexName;

    /// <summary>Reads a tuning.</summary>
    /// <param name="text">What <see cref="ToString"/> wrote.</param>
    /// <returns>The tuning.</returns>
    /// <exception cref="FormatException">The text is not a tuning; the message says where.</exception>
    public static AnnoyTuning Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        AnnoyTuningDocument? document;
        try
        {
            document = JsonSerializer.Deserialize(text, AnnoyTuningJson.Default.AnnoyTuningDocument);
        }
        catch (JsonException exception)
        {
            throw Refusal($"it is no JSON of the kind ({exception.Message})", exception);
        }

        if (document is null || document.Version != Version)
        {
            throw Refusal($"its version is {document?.Version ?? 0}, not {Version}");
        }

        if (document.Count < 1 || document.Dimensions < 1 || document.TreeCount < 1)
        {
            throw Refusal($"count {document.Count}, dimensions {document.Dimensions} and trees {document.TreeCount} must be at least 1");
        }

        if (document.Points is not { Count: > 0 } points)
        {
            throw Refusal("it has no points");
        }

        for (int i = 0; i < points.Count; i++)
        {
            if (!points[i].IsValid || points[i].K > document.Count || points[i].Settings.TreeCount > document.TreeCount)
            {
                throw Refusal($"point {i} is impossible: {points[i]}");
            }
        }

        return new AnnoyTuning(document.Count, document.Dimensions, document.TreeCount, points);
    }

    /// <summary>The tuning as JSON.</summary>
    /// <returns>What <see cref="Parse"/> reads.</returns>
    public override string ToString() =>
        JsonSerializer.Serialize(new AnnoyTuningDocument(Version, Count, Dimensions, TreeCount, Points), AnnoyTuningJson.Default.AnnoyTuningDocument);

    /// <summary>The fastest settings measured to reach a quality; those with which the answer is exact where none does.</summary>
    internal AnnoySearchSettings SettingsFor(int k, double quality, int count)
    {
        // The nearest numbers of neighbours that were measured, on either side. (No LINQ: every search comes by here.)
        int below = 0, above = int.MaxValue;
        for (int i = 0; i < Points.Count; i++)
        {
            int measured = Points[i].K;
            below = measured <= k ? Math.Max(below, measured) : below;
            above = measured >= k ? Math.Min(above, measured) : above;
        }

        AnnoySearchSettings settings = AnnoySearchSettings.Exact;
        double least = double.PositiveInfinity;
        for (int i = 0; i < Points.Count; i++)
        {
            AnnoyTuningPoint point = Points[i];
            if ((point.K == below || point.K == above) && point.Quality >= quality)
            {
                double more = Math.Max(1, (double)k / point.K);
                if (point.Milliseconds * more < least)
                {
                    least = point.Milliseconds * more;
                    settings = point.Settings.Times(more);
                }
            }
        }

        return settings.Times(Math.Max(1, (double)count / Count));
    }

    private static FormatException Refusal(string reason, Exception? cause = null) =>
        new($"The text is no tuning of a forest: {reason}.", cause);
}
