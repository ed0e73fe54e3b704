namespace ArtSimilarity.Onnx;

/// <summary>How far a download has come.</summary>
/// <param name="ModelName">The model being downloaded.</param>
/// <param name="BytesReceived">The bytes on disk so far, those of an earlier, interrupted download included; smaller than before when a download starts over.</param>
/// <param name="TotalBytes">The length of the whole file.</param>
public readonly record struct ModelDownloadProgress(string ModelName, long BytesReceived, long TotalBytes);
