namespace ArtSimilarity.CommandLine;

/// <summary>An image and its labels, the most probable first.</summary>
public sealed record ClassifiedImage(string File, IReadOnlyDictionary<string, double> Probabilities);
