namespace ArtSimilarity.Galleries;

/// <summary>What a distance means in this gallery: asked for by <see cref="GallerySearchOptions.IncludeStatistics"/>.</summary>
public sealed record ResultStatistics
{
    /// <summary>The greatest <see cref="ReverseRank"/> that is counted.</summary>
    public const int MaxReverseRank = 1000;

    /// <summary>How many neighbours of each side the hub-corrected score takes the mean of.</summary>
    public const int HubNeighbors = 10;

    /// <summary>
    /// The place of the work among those that pass the filter, by distance, from 1 on. Works that are left out and spreading change nothing about it.
    /// </summary>
    public required int Rank { get; init; }

    /// <summary>
    /// The place that the query would have among the neighbours of the work, from 1 on: with 1, no other work of the gallery is nearer to it.
    /// <see langword="null"/> where <see cref="MaxReverseRank"/> works or more are nearer.
    /// </summary>
    public required int? ReverseRank { get; init; }

    /// <summary>
    /// How many of 100 pairs of works of the gallery are at least as near as this, 0 to 100. It is estimated from all pairs of 512 works, the
    /// same ones until the gallery changes. 0 means: nearer than every pair of these. <see langword="null"/> in a gallery of a single work.
    /// </summary>
    public required double? Percentile { get; init; }

    /// <summary>
    /// CSLS of Conneau et al. (2018): 2·s − r(query) − r(work). Here s is the similarity and r the mean similarity to the
    /// <see cref="HubNeighbors"/> nearest works. It lowers works that are near to everything.
    /// </summary>
    public required double HubCorrectedScore { get; init; }
}
