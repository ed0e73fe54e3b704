namespace ArtSimilarity.Duplicates;

/// <summary>What a verifier says of two works.</summary>
/// <param name="IsDuplicate">Whether they show the same thing.</param>
/// <param name="Score">How surely: larger is surer. Each verifier has a scale of its own.</param>
public readonly record struct DuplicateVerdict(bool IsDuplicate, double Score);
