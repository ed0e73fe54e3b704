namespace ArtSimilarity.Cli.Output;

internal sealed record AnnoyAnswer(IReadOnlyList<int> Ids, IReadOnlyList<float> Distances);
