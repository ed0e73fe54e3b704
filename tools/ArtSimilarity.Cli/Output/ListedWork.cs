namespace ArtSimilarity.Cli.Output;

internal sealed record ListedWork(string Key, string? Title, string? Artist, string? Genre, string? Style, int? Year, string? Uri, IReadOnlyList<string> Tags)
{
    public static ListedWork From(Painting work) => new(work.Key, work.Title, work.Artist, work.Genre, work.Style, work.Year, work.ImageUri, work.Tags);
}
