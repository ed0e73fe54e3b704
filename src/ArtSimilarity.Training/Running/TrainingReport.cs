namespace ArtSimilarity.Training;

/// <summary>The outcome of a run.</summary>
/// <param name="HeldOut">The first target's figures on the held-out pictures, or <see langword="null"/> where none are held out.</param>
/// <param name="Probabilities">The first target's probabilities of the held-out pictures, [pictures, labels], row by row.</param>
/// <param name="Truth">The label of each held-out picture, by its place in the target's labels; -1 where it is unknown.</param>
public sealed record TrainingReport(HeldOutFigures? HeldOut, float[] Probabilities, IReadOnlyList<int> Truth);
