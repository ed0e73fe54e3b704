using System.Text.Json.Serialization;

namespace ArtSimilarity.Cli.Output;

internal sealed record SearchDocument(string Query, double Seconds, IReadOnlyList<FoundWork> Results)
{
    /// <summary>The spaces that were searched at once, with weights that sum to 1; missing where none were named.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<SearchedSpace>? Spaces { get; init; }
}
