using System.Text.Json;
using ArtSimilarity.Annoy.Tuning;
using ArtSimilarity.Indexing;
using ArtSimilarity.Tuning;

namespace ArtSimilarity.Annoy;

/// <summary>Search settings with the quality and time that were measured for them on one forest.</summary>
/// <remarks>
/// A forest of more vectors collects more candidates in proportion. For a number of neighbours between two that were measured, the
/// settings of the greater are taken, or those of the smaller, increased in proportion: whichever takes less time.
/// </remarks>
public sealed class AnnoyTuning : VectorIndexTuning
{
    private static readonly TuningText Text = new("a forest", version: 1);

    /// <summary>Creates a tuning.</summary>
    /// <param name="count">See <see cref="Count"/>.</param>
    /// <param name="dimensions">See <see cref="Dimensions"/>.</param>
    /// <param name="treeCount">See <see cref="TreeCount"/>.</param>
    /// <param name="points">See <see cref="Points"/>.</param>
    public AnnoyTuning(int count, int dimensions, int treeCount, IReadOnlyList<TuningPoint<AnnoySearchSettings>> points)
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
    public IReadOnlyList<TuningPoint<AnnoySearchSettings>> Points { get; }

    /// <summary><c>ann</c>.</summary>
    public override string IndexName => AnnoyIndexProvider.IndexName;

    /// <summary>Reads a tuning.</summary>
    /// <param name="text">What <see cref="ToString"/> wrote.</param>
    /// <returns>The tuning.</returns>
    /// <exception cref="FormatException">The text is not a tuning; the message says where.</exception>
    public static AnnoyTuning Parse(string text)
    {
        AnnoyTuningDocument document = Text.Parse<AnnoyTuningDocument, AnnoySearchSettings>(text, AnnoyTuningJson.Default.AnnoyTuningDocument);
        if (document.TreeCount < 1)
        {
            throw Text.Refusal($"trees {document.TreeCount} must be at least 1");
        }

        for (int i = 0; i < document.Points.Count; i++)
        {
            Text.ThrowUnlessPossible(document.Points[i].Settings.TreeCount <= document.TreeCount, i, document.Points[i]);
        }

        return new AnnoyTuning(document.Count, document.Dimensions, document.TreeCount, document.Points);
    }

    /// <summary>The tuning as JSON.</summary>
    /// <returns>What <see cref="Parse"/> reads.</returns>
    public override string ToString() =>
        JsonSerializer.Serialize(new AnnoyTuningDocument(Text.Version, Count, Dimensions, TreeCount, Points), AnnoyTuningJson.Default.AnnoyTuningDocument);

    /// <summary>The fastest settings measured to reach a quality; those with which the answer is exact where none does.</summary>
    internal AnnoySearchSettings SettingsFor(int k, double quality, int count) => TunedSettings.For(Points, Count, k, quality, count);
}
