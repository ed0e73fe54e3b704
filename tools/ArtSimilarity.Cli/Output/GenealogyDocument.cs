namespace ArtSimilarity.Cli.Output;

internal sealed record GenealogyDocument(string Key, int Year, IReadOnlyList<SearchDocument.FoundWork> Earlier, IReadOnlyList<SearchDocument.FoundWork> Later);
