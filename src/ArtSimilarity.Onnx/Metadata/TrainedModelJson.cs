using System.Text.Json.Serialization;

namespace ArtSimilarity.Onnx.Metadata;

/// <summary>Reads and writes the JSON in the metadata of an ONNX file.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(IReadOnlyList<TrainedModelTarget>))]
[JsonSerializable(typeof(IReadOnlyList<TrainedModelSignature>))]
[JsonSerializable(typeof(PreprocessingDocument))]
internal sealed partial class TrainedModelJson : JsonSerializerContext;
