using System.Globalization;
using ArtSimilarity.Annoy;
using ArtSimilarity.Evaluation;
using ArtSimilarity.FastScan;

namespace ArtSimilarity.Cli.Figures;

/// <summary>What a figure of a tuning draws, whichever index was tuned.</summary>
/// <param name="Count">The number of works searched.</param>
/// <param name="EffortLabel">What the horizontal axis counts.</param>
/// <param name="LowestQuality">The quality axis begins no lower: what a search poorer than that finds is of no interest.</param>
/// <param name="Lines">The curves, by ascending number of neighbours.</param>
/// <param name="ExactMilliseconds">The time of the exact index.</param>
internal sealed record TuningCurves(int Count, string EffortLabel, double LowestQuality, IReadOnlyList<TuningCurve> Lines, Estimate ExactMilliseconds)
{
    public static TuningCurves From(FastScanTuningReport report) => new(
        report.Tuning.Count,
        "search candidates (codes compared)",
        0.6,
        [
            .. report.Results.Select(result => new TuningCurve(
                result.K,
                string.Create(CultureInfo.InvariantCulture, $"k = {result.K:N0}, {result.Curve[0].Settings.RescoredCandidates:N0} rescored"),
                [.. result.Curve.Select(Point)],
                result.Chosen is FastScanMeasurement chosen ? Point(chosen) : null)),
        ],
        report.ExactMilliseconds);

    public static TuningCurves From(AnnoyTuningReport report) => new(
        report.Tuning.Count,
        "trees (search_k = k · trees)",
        0,
        [
            .. report.Results.Select(result => new TuningCurve(
                result.K,
                string.Create(CultureInfo.InvariantCulture, $"k = {result.K:N0}"),
                [.. result.Curve.Select(Point)],
                result.Chosen is AnnoyMeasurement chosen ? Point(chosen) : null)),
        ],
        report.ExactMilliseconds);

    private static TuningCurvePoint Point(FastScanMeasurement measured) => new(measured.Settings.SearchCandidates, measured.Quality, measured.Milliseconds);

    private static TuningCurvePoint Point(AnnoyMeasurement measured) => new(measured.Settings.TreeCount!.Value, measured.Quality, measured.Milliseconds);
}
