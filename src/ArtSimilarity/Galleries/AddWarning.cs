namespace ArtSimilarity.Galleries;

/// <summary>A work that was added, and something about its image that its owner should know.</summary>
/// <param name="Key">The work's key.</param>
/// <param name="ImageName">The image's file or name.</param>
/// <param name="Text">What is to be known, without the image's name.</param>
public sealed record AddWarning(string Key, string ImageName, string Text);
