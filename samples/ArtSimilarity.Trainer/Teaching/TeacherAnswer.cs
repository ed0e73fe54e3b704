namespace ArtSimilarity.Trainer.Teaching;

/// <summary>What a classifier said of a picture, in the shape of <c>artsim classify --json</c>.</summary>
/// <param name="File">The picture's path.</param>
/// <param name="Probabilities">The probability of each label.</param>
internal sealed record TeacherAnswer(string File, IReadOnlyDictionary<string, double> Probabilities);
