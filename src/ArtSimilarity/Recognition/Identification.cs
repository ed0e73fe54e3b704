using ArtSimilarity.Imaging;

namespace ArtSimilarity.Recognition;

/// <summary>Which work a photograph shows, or that it shows none of the gallery.</summary>
public sealed class Identification
{
    /// <summary>The work that the photograph shows; <see langword="null"/> for none of the gallery's.</summary>
    public required IdentifiedCandidate? Match { get; init; }

    /// <summary>How sure it is that the photograph shows the likeliest work, 0 to 1. See <see cref="MatchProbability"/>.</summary>
    public required double Probability { get; init; }

    /// <summary>The works that were considered, the likeliest first, then those nearest to a view.</summary>
    public required IReadOnlyList<IdentifiedCandidate> Candidates { get; init; }

    /// <summary>Where the work lies in the photograph; <see langword="null"/> without a match. Its frame is outside.</summary>
    public Quadrilateral? Outline => Match?.Match?.Outline;

    /// <summary>The time it took.</summary>
    public required TimeSpan Elapsed { get; init; }
}
