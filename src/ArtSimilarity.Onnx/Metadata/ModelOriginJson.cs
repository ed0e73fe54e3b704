using System.Text.Json.Serialization;

namespace ArtSimilarity.Onnx.Metadata;

/// <summary>Reads and writes what a gallery remembers of a model.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(ModelOrigin))]
internal sealed partial class ModelOriginJson : JsonSerializerContext;
