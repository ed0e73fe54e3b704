using ArtSimilarity.Galleries;

namespace ArtSimilarity.Cli.Classification;

/// <summary>A work and what was told of its image.</summary>
/// <param name="Work">The work.</param>
/// <param name="Probabilities">The probability of each label; <see langword="null"/> where the image could not be used.</param>
/// <param name="Failure">Why the image could not be used; <see langword="null"/> where it could.</param>
internal sealed record ClassifiedWork(PaintingImage Work, float[]? Probabilities, string? Failure)
{
    /// <summary>What is damaged of the image, where damaged ones are accepted; <see langword="null"/> for nothing.</summary>
    public string? Damage { get; init; }
}
