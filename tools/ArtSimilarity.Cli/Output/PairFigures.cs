namespace ArtSimilarity.Cli.Output;

internal sealed record PairFigures(int Pairs, int Missing, IReadOnlyList<RecallFigure> Recall);
