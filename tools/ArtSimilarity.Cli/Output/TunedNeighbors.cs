using ArtSimilarity.FastScan;

namespace ArtSimilarity.Cli.Output;

/// <summary>The settings chosen for one number of neighbours, with their figures on the queries chosen by and on the others.</summary>
internal sealed record TunedNeighbors(int K, SearchFigures? Tuned, SearchFigures? Confirmed, IReadOnlyList<SearchFigures> Best, IReadOnlyList<SearchFigures> Curve)
{
    public static TunedNeighbors From(FastScanTuningResult result) => new(
        result.K,
        result.Chosen is FastScanMeasurement chosen ? SearchFigures.From(chosen) : null,
        result.Confirmed is FastScanMeasurement confirmed ? SearchFigures.From(confirmed) : null,
        [.. result.Best.Select(SearchFigures.From)],
        [.. result.Curve.Select(SearchFigures.From)]);
}
