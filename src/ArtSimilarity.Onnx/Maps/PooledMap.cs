namespace ArtSimilarity.Onnx.Maps;

/// <summary>A tensor of the graph that is averaged over its rows and columns.</summary>
/// <param name="Tensor">The tensor's name.</param>
/// <param name="ChannelsLast">Whether its shape is [N, H, W, C] and not [N, C, H, W].</param>
internal sealed record PooledMap(string Tensor, bool ChannelsLast);
