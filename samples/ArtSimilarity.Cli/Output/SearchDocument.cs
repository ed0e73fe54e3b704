namespace ArtSimilarity.Cli.Output;

internal sealed record SearchDocument(string Query, double Seconds, IReadOnlyList<FoundWork> Results);
