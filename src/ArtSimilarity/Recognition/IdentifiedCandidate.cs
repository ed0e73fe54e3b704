using ArtSimilarity.Galleries;
using ArtSimilarity.Imaging;

namespace ArtSimilarity.Recognition;

/// <summary>A work that a photograph may show.</summary>
public sealed class IdentifiedCandidate
{
    /// <summary>The work, how near it is to the nearest view of the photograph, and in which feature space.</summary>
    public required SimilarPainting Similar { get; init; }

    /// <summary>
    /// The view of the photograph that it is nearest to; <see langword="null"/> only where the query had further parts
    /// (<see cref="PaintingIdentifier.SearchAsync"/>) and it is nearest to one of them.
    /// </summary>
    public required PhotoView? View { get; init; }

    /// <summary>How sure it is that the photograph shows this very work, 0 to 1; <see langword="null"/> where it was not compared point by point.</summary>
    public double? Probability { get; init; }

    /// <summary>Whether that is sure enough: the probability is at least <see cref="IdentifierOptions.MinProbability"/>.</summary>
    public bool IsVerified { get; init; }

    /// <summary>
    /// How the work lies in the photograph; <see langword="null"/> where the points do not agree, or where it was not compared because another work was sure
    /// already.
    /// </summary>
    public GeometricMatch? Match { get; init; }

    /// <summary>Whether the photograph shows the work's mirror image.</summary>
    public bool IsMirrored { get; init; }

    /// <summary>Why the work could not be compared, e.g. that its image is gone; <see langword="null"/> as a rule.</summary>
    public string? Problem { get; init; }

    /// <summary>The work.</summary>
    public Painting Painting => Similar.Painting;

    /// <summary>The same work where it was found, with what a comparison said of it.</summary>
    internal IdentifiedCandidate WithVerdictOf(IdentifiedCandidate compared) => new()
    {
        Similar = Similar,
        View = View,
        Probability = compared.Probability,
        IsVerified = compared.IsVerified,
        Match = compared.Match,
        IsMirrored = compared.IsMirrored,
        Problem = compared.Problem,
    };
}
