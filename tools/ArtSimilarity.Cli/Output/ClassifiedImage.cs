namespace ArtSimilarity.Cli.Output;

/// <summary>An image and its labels, the most probable first.</summary>
internal sealed record ClassifiedImage(string File, IReadOnlyDictionary<string, double> Probabilities);
