using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace ArtSimilarity.Tuning;

/// <summary>Reads the text form of a tuning.</summary>
/// <param name="indexName">What its index is called in a message, e.g. "a FastScan index".</param>
/// <param name="version">The version of the text that is read.</param>
internal sealed class TuningText(string indexName, int version)
{
    public int Version => version;

    /// <exception cref="FormatException">The text is not a tuning; the message says where.</exception>
    public TDocument Parse<TDocument, TSettings>(string text, JsonTypeInfo<TDocument> type)
        where TDocument : class, ITuningDocument<TSettings>
        where TSettings : struct, ITunableSettings<TSettings>
    {
        ArgumentNullException.ThrowIfNull(text);
        TDocument? document;
        try
        {
            document = JsonSerializer.Deserialize(text, type);
        }
        catch (JsonException exception)
        {
            throw Refusal($"it is no JSON of the kind ({exception.Message})", exception);
        }

        if (document is null || document.Version != version)
        {
            throw Refusal($"its version is {document?.Version ?? 0}, not {version}");
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
            ThrowUnlessPossible(IsPossible(points[i], document.Count), i, points[i]);
        }

        return document;
    }

    /// <exception cref="FormatException">A point is impossible.</exception>
    public void ThrowUnlessPossible<TSettings>(bool isPossible, int number, TuningPoint<TSettings> point)
        where TSettings : struct
    {
        if (!isPossible)
        {
            throw Refusal($"point {number} is impossible: {point}");
        }
    }

    public FormatException Refusal(string reason, Exception? cause = null) => new($"The text is no tuning of {indexName}: {reason}.", cause);

    private static bool IsPossible<TSettings>(TuningPoint<TSettings> point, int count)
        where TSettings : struct, ITunableSettings<TSettings> =>
        point.K >= 1 && point.K <= count && point.Settings.IsComplete
        && point.Quality is >= 0 and <= 1 && point.Recall is >= 0 and <= 1 && point.Milliseconds >= 0 && double.IsFinite(point.Milliseconds);
}
