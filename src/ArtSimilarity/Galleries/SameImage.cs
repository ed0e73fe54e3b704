namespace ArtSimilarity.Galleries;

/// <summary>A work that was added though another work has the very same image.</summary>
/// <param name="Key">The work's key.</param>
/// <param name="OtherKey">The key of the work that had the image before.</param>
public sealed record SameImage(string Key, string OtherKey);
