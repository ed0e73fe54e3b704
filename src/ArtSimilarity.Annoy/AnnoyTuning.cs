using System.Text.Json;
using System.Text.Json.Serialization;

namespace ArtSimilarity.Annoy;

/// <summary>Search settings with the quality and time that were measured for them on one index.</summary>
/// <param name="Points">The measurements, at least one.</param>
public sealed record AnnoyTuning(IReadOnlyList<AnnoyTuningPoint> Points)
{
    private const int Version = 1;

    /// <summary>Reads a tuning.</summary>
    /// <param name="text">What <see cref="ToString"/> wrote.</param>
    /// <returns>The tuning.</returns>
    /// <exception cref="FormatException">The text is not a tuning.</exception>
    public static AnnoyTuning Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        try
        {
            AnnoyTuningDocument? document = JsonSerializer.Deserialize(text, AnnoyTuningJson.Default.AnnoyTuningDocument);
            if (document is { Version: Version, Points: { Count: > 0 } points } && points.All(point => point.IsValid))
            {
                return new AnnoyTuning(points);
            }
        }
        catch (JsonException exception)
        {
            throw new FormatException($"The tuning of the Annoy index is not as artsim tune writes it: {exception.Message}", exception);
        }

        throw new FormatException($"The tuning of the Annoy index has another version than {Version}, no points or impossible ones.");
    }

    /// <summary>The tuning as JSON.</summary>
    /// <returns>What <see cref="Parse"/> reads.</returns>
    public override string ToString() => JsonSerializer.Serialize(new AnnoyTuningDocument(Version, Points), AnnoyTuningJson.Default.AnnoyTuningDocument);

    /// <summary>The fastest settings measured to reach a quality; those with which the answer is exact where none does.</summary>
    /// <param name="tuning">The measurements; <see langword="null"/> takes those of signatures of paintings, with a margin.</param>
    /// <param name="k">The number of neighbours to find.</param>
    /// <param name="quality">The quality, above 0 and at most 1.</param>
    internal static AnnoySearchSettings SettingsFor(AnnoyTuning? tuning, int k, double quality)
    {
        if (tuning is null)
        {
            AnnoySearchSettings usual = AnnoySearchSettings.DefaultFor(k);
            return quality switch
            {
                <= 0.98 => usual,
                <= 0.99 => usual.Times(2, 1.5),
                <= 0.995 => usual.Times(4, 2),
                <= 0.999 => usual.Times(8, 4),
                _ => AnnoySearchSettings.Exact,
            };
        }

        // Measured for as many neighbours or, failing that, for the most: then all numbers grow in proportion.
        int measured = tuning.Points.Max(point => point.K);
        foreach (AnnoyTuningPoint point in tuning.Points)
        {
            measured = point.K >= k ? Math.Min(measured, point.K) : measured;
        }

        AnnoyTuningPoint? chosen = null;
        foreach (AnnoyTuningPoint point in tuning.Points)
        {
            if (point.K == measured && point.Quality >= quality && !(point.Milliseconds >= chosen?.Milliseconds))
            {
                chosen = point;
            }
        }

        double growth = Math.Max(1, (double)k / measured);
        return chosen?.Settings.Times(growth, growth) ?? AnnoySearchSettings.Exact;
    }
}

/// <summary>One measurement of a tuning.</summary>
/// <param name="K">The number of neighbours that were searched for, at least 1.</param>
/// <param name="Settings">The settings of the searches.</param>
/// <param name="Quality">The quality reached, 0 to 1: the lower end of its confidence interval.</param>
/// <param name="Recall">The share of the true neighbours found, 0 to 1, on average.</param>
/// <param name="Milliseconds">The median time of a search, at least 0.</param>
public readonly record struct AnnoyTuningPoint(int K, AnnoySearchSettings Settings, double Quality, double Recall, double Milliseconds)
{
    internal bool IsValid =>
        K >= 1 && Settings is { SearchCandidates: >= 1, RescoredCandidates: >= 1 }
        && Quality is >= 0 and <= 1 && Recall is >= 0 and <= 1 && Milliseconds >= 0 && double.IsFinite(Milliseconds);
}

internal sealed record AnnoyTuningDocument(int Version, IReadOnlyList<AnnoyTuningPoint> Points);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(AnnoyTuningDocument))]
internal sealed partial class AnnoyTuningJson : JsonSerializerContext;
