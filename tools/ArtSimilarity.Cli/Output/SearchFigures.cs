using ArtSimilarity.FastScan;

namespace ArtSimilarity.Cli.Output;

internal sealed record SearchFigures(int SearchCandidates, int RescoredCandidates, EstimateFigures Quality, EstimateFigures Recall, EstimateFigures Ms)
{
    public static SearchFigures From(FastScanMeasurement measured) => new(
        measured.Settings.SearchCandidates,
        measured.Settings.RescoredCandidates,
        EstimateFigures.From(measured.Quality),
        EstimateFigures.From(measured.Recall),
        EstimateFigures.From(measured.Milliseconds));
}
