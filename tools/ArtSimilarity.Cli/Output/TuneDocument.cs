using System.Text.Json.Serialization;
using ArtSimilarity.Tuning;

namespace ArtSimilarity.Cli.Output;

internal sealed record TuneDocument(
    string Model, int Dimensions, int Works, int TunedOn, int ConfirmedOn, int K, double Quality, double? BudgetMs, IReadOnlyList<TuneDocument.TunedNeighbors> Neighbors, EstimateFigures ExactMs, string? Figure, double Seconds, string Index)
{
    /// <summary>The settings chosen for one number of neighbours, with their figures on the queries chosen by and on the others.</summary>
    public sealed record TunedNeighbors(int K, SearchFigures? Tuned, SearchFigures? Confirmed, IReadOnlyList<SearchFigures> Best, IReadOnlyList<SearchFigures> Curve)
    {
        public static TunedNeighbors From<TSettings>(TuningResult<TSettings> result, Func<SearchFigures, TSettings, SearchFigures> describe)
            where TSettings : struct
        {
            return new TunedNeighbors(
                result.K,
                result.Chosen is SearchMeasurement<TSettings> chosen ? Figures(chosen) : null,
                result.Confirmed is SearchMeasurement<TSettings> confirmed ? Figures(confirmed) : null,
                [.. result.Best.Select(Figures)],
                [.. result.Curve.Select(Figures)]);

            SearchFigures Figures(SearchMeasurement<TSettings> measured) => describe(
                new SearchFigures(EstimateFigures.From(measured.Quality), EstimateFigures.From(measured.Recall), EstimateFigures.From(measured.Milliseconds)), measured.Settings);
        }
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
    }
}
