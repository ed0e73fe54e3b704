using System.Text.Json.Serialization;

namespace ArtSimilarity.Annoy.Tuning;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(AnnoyTuningDocument))]
internal sealed partial class AnnoyTuningJson : JsonSerializerContext;
