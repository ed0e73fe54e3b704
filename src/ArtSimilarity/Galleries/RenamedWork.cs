namespace ArtSimilarity.Galleries;

/// <summary>A work that was in the gallery under another key.</summary>
/// <param name="FormerKey">The key it had.</param>
/// <param name="Key">The key it has now.</param>
public sealed record RenamedWork(string FormerKey, string Key);
