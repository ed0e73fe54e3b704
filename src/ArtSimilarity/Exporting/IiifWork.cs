namespace ArtSimilarity.Exporting;

/// <summary>A work as other viewers find it on the web.</summary>
/// <param name="Work">The work.</param>
/// <param name="Manifest">Where its manifest is.</param>
public sealed record IiifWork(Painting Work, Uri Manifest)
{
    /// <summary>A small picture of it: a JPEG.</summary>
    public Uri? Thumbnail { get; init; }

    /// <summary>The base address of its IIIF Image API 3 service, level 0, without a slash at the end.</summary>
    public Uri? ImageService { get; init; }

    /// <summary>What its reader noted about it.</summary>
    public string? Note { get; init; }
}
