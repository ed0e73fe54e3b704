using System.Text.Json.Serialization;

namespace ArtSimilarity.Cli.Output;

/// <param name="Gallery">The gallery file.</param>
/// <param name="Faults">What is damaged; empty when the gallery is sound.</param>
/// <param name="Indexes">How the indexes answered.</param>
/// <param name="Seconds">The time it took.</param>
internal sealed record VerifyDocument(string Gallery, IReadOnlyList<string> Faults, IReadOnlyList<VerifyDocument.VerifiedIndex> Indexes, double Seconds)
{
    /// <param name="Model">The model of the feature space.</param>
    /// <param name="Searches">How many works were searched for, by the index and exactly.</param>
    /// <param name="Recall">The share of the exact answers that the index found.</param>
    public sealed record VerifiedIndex(string Model, int Searches, double Recall)
    {
        /// <summary>The layout of the regions that are searched; missing where these are whole images.</summary>
        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public string? Regions { get; init; }

        /// <summary>Whether the regions are pooled; missing where these are whole images.</summary>
        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public bool? Pooled { get; init; }

        /// <summary>What a person calls what is searched.</summary>
        [JsonIgnore]
        public string Name => Regions is null ? Model : $"{Model}, {(Pooled == true ? "pooled regions" : "regions")} {Regions}";
    }
}
