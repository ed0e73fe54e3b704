using System.Text.Json.Serialization;
using ArtSimilarity.CommandLine;

namespace ArtSimilarity.Trainer;

/// <summary>The documents that <c>--json</c> prints.</summary>
[JsonSerializable(typeof(RunDocument))]
[JsonSerializable(typeof(FoldsDocument))]
internal sealed partial class TrainerDocuments : JsonSerializerContext
{
    public static DocumentWriter Writer { get; } = new(options => new TrainerDocuments(options));
}
