namespace ArtSimilarity.Cli.Output;

internal sealed record SpaceFigures(string? Model, string ModelId, string Preprocessing, int Dimensions, int Signatures, TuningFigures? Tuning);
