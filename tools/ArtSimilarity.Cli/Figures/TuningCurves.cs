using System.Globalization;
using ArtSimilarity.Cli.Tuning;
using ArtSimilarity.Evaluation;
using ArtSimilarity.Indexing;
using ArtSimilarity.Tuning;

namespace ArtSimilarity.Cli.Figures;

/// <summary>What a figure of a tuning draws, whichever index was tuned.</summary>
/// <param name="Count">The number of works searched.</param>
/// <param name="EffortLabel">What the horizontal axis counts.</param>
/// <param name="LowestQuality">The quality axis begins no lower: what a search poorer than that finds is of no interest.</param>
/// <param name="Lines">The curves, by ascending number of neighbours.</param>
/// <param name="ExactMilliseconds">The time of the exact index.</param>
internal sealed record TuningCurves(int Count, string EffortLabel, double LowestQuality, IReadOnlyList<TuningCurve> Lines, Estimate ExactMilliseconds)
{
    public static TuningCurves From<TTuning, TSettings>(TuningReport<TTuning, TSettings> report, TunableIndex<TTuning, TSettings> index)
        where TTuning : VectorIndexTuning
        where TSettings : struct
    {
        return new TuningCurves(
            report.VectorCount,
            index.EffortLabel,
            index.LowestQuality,
            [
                .. report.Results.Select(result => new TuningCurve(
                    result.K,
                    string.Create(CultureInfo.InvariantCulture, $"k = {result.K:N0}{index.CurveNote(result)}"),
                    [.. result.Curve.Select(Point)],
                    result.Chosen is SearchMeasurement<TSettings> chosen ? Point(chosen) : null)),
            ],
            report.ExactMilliseconds);

        TuningCurvePoint Point(SearchMeasurement<TSettings> measured) => new(index.Effort(measured.Settings), measured.Quality, measured.Milliseconds);
    }
}
