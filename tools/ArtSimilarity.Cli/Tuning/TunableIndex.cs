using ArtSimilarity.Cli.Output;
using ArtSimilarity.Indexing;
using ArtSimilarity.Tuning;

namespace ArtSimilarity.Cli.Tuning;

/// <summary>What <c>artsim tune</c> must know of an index. All else is the same for every index.</summary>
/// <typeparam name="TTuning">The tuning of the index.</typeparam>
/// <typeparam name="TSettings">The settings of a search of the index.</typeparam>
internal sealed record TunableIndex<TTuning, TSettings>
    where TTuning : VectorIndexTuning
    where TSettings : struct
{
    /// <summary>The name that <c>--index</c> takes.</summary>
    public required string Name { get; init; }

    /// <summary>Draws queries, measures, and keeps the tuning with the gallery.</summary>
    public required TuneIndex<TTuning, TSettings> TuneAsync { get; init; }

    /// <summary>The settings as columns of the table: header and value.</summary>
    public required IReadOnlyList<(string Header, Func<TSettings, int> Value)> Columns { get; init; }

    /// <summary>Puts the settings into the JSON document.</summary>
    public required Func<TuneDocument.SearchFigures, TSettings, TuneDocument.SearchFigures> Describe { get; init; }

    /// <summary>How much a search looks at: the horizontal axis of the figure.</summary>
    public required Func<TSettings, int> Effort { get; init; }

    /// <summary>What that axis counts.</summary>
    public required string EffortLabel { get; init; }

    /// <summary>The quality axis begins no lower: what a search poorer than that finds is of no interest.</summary>
    public required double LowestQuality { get; init; }

    /// <summary>What the legend says of a curve besides k; empty where k says all.</summary>
    public required Func<TuningResult<TSettings>, string> CurveNote { get; init; }

    /// <summary>Whether the table has a line for each point of the curves.</summary>
    public required bool ListsCurves { get; init; }

    /// <summary>What to try besides where no settings reach the quality; empty where there is nothing else.</summary>
    public required string FurtherRemedy { get; init; }

    /// <summary>What is said once the tuning is kept.</summary>
    public required string Kept { get; init; }
}
