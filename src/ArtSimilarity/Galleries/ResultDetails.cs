using ArtSimilarity.Imaging;

namespace ArtSimilarity.Galleries;

/// <summary>What a result of a search may say beside work and distance; a plain search makes none.</summary>
internal sealed record ResultDetails
{
    /// <summary>The distance of the best view in each feature space; <see langword="null"/> where it is the distance itself.</summary>
    public IReadOnlyList<float>? SpaceDistances { get; init; }

    /// <summary>The wanted part that the work is nearest to.</summary>
    public int PartIndex { get; init; }

    /// <summary>The view of that part that the work is nearest to.</summary>
    public int ViewIndex { get; init; }

    /// <summary>Where in the work the match lies, where regions were searched.</summary>
    public ImageRegion? Region { get; init; }

    /// <summary>What the distance means in this gallery, where that was asked for.</summary>
    public ResultStatistics? Statistics { get; init; }
}
