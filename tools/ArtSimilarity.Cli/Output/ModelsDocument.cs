namespace ArtSimilarity.Cli.Output;

internal sealed record ModelsDocument(string Cache, IReadOnlyList<ModelFigures> Models);
