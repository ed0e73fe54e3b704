using System.Text.Json.Serialization;
using ArtSimilarity.Annoy;
using ArtSimilarity.Evaluation;
using ArtSimilarity.FastScan;

namespace ArtSimilarity.Cli.Output;

internal sealed record TuneDocument(
    string Model, int Dimensions, int Works, int TunedOn, int ConfirmedOn, int K, double Quality, double? BudgetMs, IReadOnlyList<TuneDocument.TunedNeighbors> Neighbors, EstimateFigures ExactMs, string? Figure, double Seconds, string Index)
{
    /// <summary>The settings chosen for one number of neighbours, with their figures on the queries chosen by and on the others.</summary>
    public sealed record TunedNeighbors(int K, SearchFigures? Tuned, SearchFigures? Confirmed, IReadOnlyList<SearchFigures> Best, IReadOnlyList<SearchFigures> Curve)
    {
        public static TunedNeighbors From(FastScanTuningResult result) => new(
            result.K,
            result.Chosen is FastScanMeasurement chosen ? SearchFigures.From(chosen) : null,
            result.Confirmed is FastScanMeasurement confirmed ? SearchFigures.From(confirmed) : null,
            [.. result.Best.Select(SearchFigures.From)],
            [.. result.Curve.Select(SearchFigures.From)]);

        public static TunedNeighbors From(AnnoyTuningResult result) => new(
            result.K,
            result.Chosen is AnnoyMeasurement chosen ? SearchFigures.From(chosen) : null,
            result.Confirmed is AnnoyMeasurement confirmed ? SearchFigures.From(confirmed) : null,
            [.. result.Best.Select(SearchFigures.From)],
            [.. result.Curve.Select(SearchFigures.From)]);
    }

    /// <summary>What searches with certain settings came to. The settings of the other index are missing.</summary>
    public sealed record SearchFigures(EstimateFigures Quality, EstimateFigures Recall, EstimateFigures Ms)
    {
        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull), JsonPropertyOrder(-1)]
        public int? SearchCandidates { get; init; }

        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull), JsonPropertyOrder(-1)]
        public int? RescoredCandidates { get; init; }

        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull), JsonPropertyOrder(-1)]
        public int? Trees { get; init; }

        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull), JsonPropertyOrder(-1)]
        public int? SearchK { get; init; }

        public static SearchFigures From(FastScanMeasurement measured) => Of(measured.Quality, measured.Recall, measured.Milliseconds) with
        {
            SearchCandidates = measured.Settings.SearchCandidates,
            RescoredCandidates = measured.Settings.RescoredCandidates,
        };

        public static SearchFigures From(AnnoyMeasurement measured) => Of(measured.Quality, measured.Recall, measured.Milliseconds) with
        {
            Trees = measured.Settings.TreeCount,
            SearchK = measured.Settings.SearchK,
        };

        private static SearchFigures Of(Estimate quality, Estimate recall, Estimate milliseconds) =>
            new(EstimateFigures.From(quality), EstimateFigures.From(recall), EstimateFigures.From(milliseconds));
    }
}
