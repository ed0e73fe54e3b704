namespace ArtSimilarity.Cli.Output;

internal sealed record RecallFigure(int K, double Recall);
