namespace ArtSimilarity.Cli.Output;

internal sealed record PrecisionFigure(int K, double Micro, double Macro);
