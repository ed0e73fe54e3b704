namespace ArtSimilarity.Exporting;

/// <summary>A work as it is cited or listed.</summary>
/// <param name="Work">The work.</param>
public sealed record CitedWork(Painting Work)
{
    /// <summary>Where the work is shown on the web, an absolute address; <see langword="null"/> for nowhere.</summary>
    public Uri? Address { get; init; }

    /// <summary>What its reader noted about it.</summary>
    public string? Note { get; init; }
}
