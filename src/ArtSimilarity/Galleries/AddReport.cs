namespace ArtSimilarity.Galleries;

/// <summary>What adding works came to.</summary>
/// <param name="Added">Works whose signatures were extracted and committed.</param>
/// <param name="Updated">Works of the skipped ones whose catalogue data had changed and was committed.</param>
/// <param name="Skipped">Works that were in the gallery already, with the same image.</param>
/// <param name="Failures">Works whose image could not be used, in the order given.</param>
/// <param name="Elapsed">The time it took.</param>
public sealed record AddReport(int Added, int Updated, int Skipped, IReadOnlyList<AddFailure> Failures, TimeSpan Elapsed);
