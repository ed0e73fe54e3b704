using ArtSimilarity.Imaging;

namespace ArtSimilarity.Recognition;

/// <summary>A figure in a photograph that may be a picture on a wall.</summary>
/// <param name="Outline">Its corners.</param>
/// <param name="Score">How much of its outline is an edge in the photograph, about 0 to 1; larger is likelier.</param>
public sealed record FoundPicture(Quadrilateral Outline, double Score);
