namespace ArtSimilarity.Galleries;

/// <summary>
/// Names one state of a feature space of a gallery. The generation orders the states of one history. The token tells histories
/// apart: a gallery that is put back to an earlier state and goes on from there reaches the same generations again, but with other tokens.
/// </summary>
/// <param name="Generation">The number of commits that changed the space; 0 before the first.</param>
/// <param name="Token">A random number drawn at the commit; 0 before the first.</param>
public readonly record struct SpaceVersion(long Generation, long Token);
