using System.Text.Json.Serialization;

namespace ArtSimilarity.Cli.Output;

internal sealed record IndexDocument(int Indexed, int Skipped, IReadOnlyList<FailedImage> Failed, string Model, int Dimensions, double Seconds, CollectionFigures PassedOver)
{
    /// <summary>How the catalogue met the pictures; missing without one.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public CatalogueFigures? Catalogue { get; init; }

    /// <summary>The works that were removed because their files are gone; missing without <c>--prune</c>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? Pruned { get; init; }
}
