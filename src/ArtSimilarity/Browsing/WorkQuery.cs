namespace ArtSimilarity.Browsing;

/// <summary>Which works to show.</summary>
/// <param name="Filter">What their labels and years must be; <see langword="null"/> lets all pass.</param>
/// <param name="Words">
/// Words that all occur in what is known of the work: title, artists, key, labels, date, tags and fields. Case and accents do not count, and a word may be
/// the part of another.
/// </param>
public sealed record WorkQuery(PaintingFilter? Filter = null, string? Words = null);
