namespace ArtSimilarity.Cli.Output;

internal sealed record TuneDocument(
    string Model, int Dimensions, int Works, int TunedOn, int ConfirmedOn, int K, double Quality, double? BudgetMs, IReadOnlyList<TunedNeighbors> Neighbors, EstimateFigures ExactMs, string? Figure, double Seconds);
