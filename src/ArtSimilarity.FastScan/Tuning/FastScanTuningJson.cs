using System.Text.Json.Serialization;

namespace ArtSimilarity.FastScan.Tuning;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(FastScanTuningDocument))]
internal sealed partial class FastScanTuningJson : JsonSerializerContext;
