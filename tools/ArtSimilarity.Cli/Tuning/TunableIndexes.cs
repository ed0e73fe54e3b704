using System.Globalization;
using ArtSimilarity.Annoy;
using ArtSimilarity.FastScan;
using ArtSimilarity.Galleries;

namespace ArtSimilarity.Cli.Tuning;

/// <summary>The indexes that <c>artsim tune --index</c> knows.</summary>
internal static class TunableIndexes
{
    /// <summary>The index that every command searches.</summary>
    public static TunableIndex<FastScanTuning, FastScanSearchSettings> FastScan { get; } = new()
    {
        Name = "fastscan",
        TuneAsync = (gallery, space, arguments, progress, cancellationToken) => gallery.Gallery.TuneFastScanAsync(
            space,
            new FastScanTunerOptions { K = arguments.K, Quality = arguments.Quality, QueryCount = arguments.Queries, Seed = arguments.Seed },
            arguments.Budget,
            progress,
            cancellationToken),
        Columns = [("search candidates", settings => settings.SearchCandidates), ("rescored", settings => settings.RescoredCandidates)],
        Describe = (figures, settings) => figures with { SearchCandidates = settings.SearchCandidates, RescoredCandidates = settings.RescoredCandidates },
        Effort = settings => settings.SearchCandidates,
        EffortLabel = "search candidates (codes compared)",
        LowestQuality = 0.6,
        CurveNote = result => string.Create(CultureInfo.InvariantCulture, $", {result.Curve[0].Settings.RescoredCandidates:N0} rescored"),
        ListsCurves = false,
        FurtherRemedy = "",
        Kept = "Kept with the gallery: 'artsim search --quality' goes by it.",
    };

    /// <summary>The forest, for applications; its curves are the paper's figure 5.</summary>
    /// <param name="trees">The most trees to measure, at least 1.</param>
    public static TunableIndex<AnnoyTuning, AnnoySearchSettings> Forest(int trees) => new()
    {
        Name = "annoy",
        TuneAsync = async (gallery, space, arguments, progress, cancellationToken) =>
        {
            var index = new AnnoyIndexOptions { TreeCount = trees };
            await using var forest = new Gallery(gallery.Store, gallery.Decoder, [], new AnnoyIndexProvider(index));
            return await forest.TuneAnnoyAsync(
                space,
                new AnnoyTunerOptions { K = arguments.K, Quality = arguments.Quality, QueryCount = arguments.Queries, Seed = arguments.Seed, Index = index },
                arguments.Budget,
                progress,
                cancellationToken);
        },
        Columns = [("trees", settings => settings.TreeCount!.Value), ("search_k", settings => settings.SearchK!.Value)],
        Describe = (figures, settings) => figures with { Trees = settings.TreeCount, SearchK = settings.SearchK },
        Effort = settings => settings.TreeCount!.Value,
        EffortLabel = "trees (search_k = k · trees)",
        LowestQuality = 0,
        CurveNote = _ => "",
        ListsCurves = true,
        FurtherRemedy = "take more --trees, ",
        Kept = "Kept with the gallery, for applications with AddAnnoyIndex.",
    };
}
