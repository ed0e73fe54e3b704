namespace ArtSimilarity.Cli.Output;

/// <param name="Gallery">The gallery file.</param>
/// <param name="Faults">What is damaged; empty when the gallery is sound.</param>
/// <param name="Indexes">How the indexes answered.</param>
/// <param name="Seconds">The time it took.</param>
internal sealed record VerifyDocument(string Gallery, IReadOnlyList<string> Faults, IReadOnlyList<VerifiedIndex> Indexes, double Seconds);
