namespace ArtSimilarity.Cli.Output;

internal sealed record ClassFigures(string Label, int Queries, int Base, IReadOnlyList<double> Precision, double Map);
