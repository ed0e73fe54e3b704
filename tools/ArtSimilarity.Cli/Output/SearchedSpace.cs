namespace ArtSimilarity.Cli.Output;

internal sealed record SearchedSpace(string Name, string ModelId, double Weight);
