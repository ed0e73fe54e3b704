namespace ArtSimilarity.Cli.Output;

internal sealed record RemoveDocument(int Removed, IReadOnlyList<string> Unknown);
