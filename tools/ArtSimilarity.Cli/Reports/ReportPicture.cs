namespace ArtSimilarity.Cli.Reports;

/// <summary>A work as a page shows it.</summary>
/// <param name="Painting">The work.</param>
/// <param name="Thumbnail">Its picture, or <see langword="null"/> when that cannot be shown.</param>
/// <param name="Distance">How far it is from the query; <see langword="null"/> for the query itself.</param>
/// <param name="Similarity">How similar it is to the query; <see langword="null"/> for the query itself.</param>
internal sealed record ReportPicture(Painting Painting, Thumbnail? Thumbnail, float? Distance = null, float? Similarity = null)
{
    /// <summary>How far it is from the query in each of the feature spaces searched at once; empty where one was searched.</summary>
    public IReadOnlyList<(string Space, float Distance)> Parts { get; init; } = [];

    /// <summary>How probable it is that the query shows this very work, where that was verified; <see langword="null"/> otherwise.</summary>
    public double? Verified { get; init; }
}
