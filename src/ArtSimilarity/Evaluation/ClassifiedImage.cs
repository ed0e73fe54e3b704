namespace ArtSimilarity.Evaluation;

/// <summary>What a classifier said of an image, as <c>artsim classify --json</c> writes it.</summary>
/// <param name="File">The image's file or name.</param>
/// <param name="Probabilities">The labels and their probabilities, 0 to 1, the most probable first.</param>
public sealed record ClassifiedImage(string File, IReadOnlyDictionary<string, double> Probabilities);
