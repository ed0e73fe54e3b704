using System.Text.Json.Serialization;
using ArtSimilarity.Galleries;

namespace ArtSimilarity.Cli.Output;

internal sealed record FoundWork(
    string Key, float Distance, float Similarity, string? Title, string? Artist, string? Genre, string? Style, int? Year, string? Uri, IReadOnlyList<string> Tags)
{
    /// <summary>The distance in each of the spaces searched at once, in their order; missing where none were named.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<float>? Distances { get; init; }

    public static FoundWork From(SimilarPainting found) => new(
        found.Painting.Key, found.Distance, found.Similarity, found.Painting.Title, found.Painting.Artist, found.Painting.Genre, found.Painting.Style, found.Painting.Year, found.Painting.ImageUri, found.Painting.Tags);
}
