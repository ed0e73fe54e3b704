namespace ArtSimilarity.Cli.Output;

internal sealed record ListDocument(int Total, IReadOnlyList<ListedWork> Works);
