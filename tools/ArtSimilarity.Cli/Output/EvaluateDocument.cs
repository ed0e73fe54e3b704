namespace ArtSimilarity.Cli.Output;

internal sealed record EvaluateDocument(
    string Model, int Dimensions, string? By, int? Queries, int? Base, int? Missing, IReadOnlyList<PrecisionFigure>? Precision, double? Map, double? MacroMap, IReadOnlyList<ClassFigures>? Classes, PairFigures? Pairs, double Seconds);
