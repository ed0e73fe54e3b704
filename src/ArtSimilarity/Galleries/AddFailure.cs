namespace ArtSimilarity.Galleries;

/// <summary>A work that was not added.</summary>
/// <param name="Key">The work's key.</param>
/// <param name="ImageName">The image's file or name.</param>
/// <param name="Reason">What is wrong, without the image's name.</param>
public sealed record AddFailure(string Key, string ImageName, string Reason);
