namespace ArtSimilarity.Cli.Output;

internal sealed record EvaluateDocument(
    string Model, int Dimensions, string? By, int? Queries, int? Base, int? Missing, IReadOnlyList<EvaluateDocument.PrecisionFigure>? Precision, double? Map, double? MacroMap, IReadOnlyList<EvaluateDocument.ClassFigures>? Classes, EvaluateDocument.PairFigures? Pairs, double Seconds)
{
    public sealed record ClassFigures(string Label, int Queries, int Base, IReadOnlyList<double> Precision, double Map);

    public sealed record PairFigures(int Pairs, int Missing, IReadOnlyList<RecallFigure> Recall);

    public sealed record PrecisionFigure(int K, double Micro, double Macro);

    public sealed record RecallFigure(int K, double Recall);
}
