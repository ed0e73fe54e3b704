namespace ArtSimilarity.Onnx.Extraction;

/// <summary>Weights that a model keeps in another file, as it says so itself: nothing of it is checked.</summary>
/// <param name="Name">The tensor's name.</param>
/// <param name="File">The file; empty where none is named.</param>
/// <param name="Offset">Where the weights begin in the file; <see langword="null"/> for its beginning.</param>
/// <param name="Length">How many bytes of the file they are; <see langword="null"/> for as many as they have.</param>
/// <param name="Size">How many bytes they have by their shape and type; <see langword="null"/> where these do not tell.</param>
internal sealed record ExternalTensor(string Name, string File, string? Offset, string? Length, long? Size);
