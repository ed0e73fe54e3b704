namespace ArtSimilarity.Onnx.Maps;

/// <summary>Weights, as 32-bit floats.</summary>
/// <param name="Shape">The sides; none for a single number.</param>
/// <param name="Values">The numbers, the last side fastest.</param>
internal sealed record ConstantTensor(IReadOnlyList<long> Shape, float[] Values);
