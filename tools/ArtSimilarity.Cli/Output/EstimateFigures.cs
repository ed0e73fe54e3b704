using ArtSimilarity.Evaluation;

namespace ArtSimilarity.Cli.Output;

/// <summary>A figure and its confidence interval of 95 %.</summary>
internal sealed record EstimateFigures(double Value, double Lower, double Upper)
{
    public static EstimateFigures From(Estimate estimate) =>
        new(Math.Round(estimate.Value, 6), Math.Round(estimate.Lower, 6), Math.Round(estimate.Upper, 6));
}
