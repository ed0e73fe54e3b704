namespace ArtSimilarity.Cli.Output;

internal sealed record InfoDocument(string Gallery, long Bytes, int Works, string Model, IReadOnlyList<SpaceFigures> Spaces);
