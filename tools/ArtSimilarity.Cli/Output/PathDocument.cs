namespace ArtSimilarity.Cli.Output;

internal sealed record PathDocument(string From, string To, bool Found, double? Length, IReadOnlyList<PathDocument.Step> Steps)
{
    /// <param name="Distance">The distance from the work before; <see langword="null"/> for the first.</param>
    public sealed record Step(string Key, float? Distance, string? Title, string? Artist, int? Year, string? Uri)
    {
        public static Step From(Painting work, float? distance) => new(work.Key, distance, work.Title, work.Artist, work.Year, work.ImageUri);
    }
}
